import { expect, test } from "vitest";
import { Inbox } from "../../src/wire/inbox";

test("messages are processed at once and in order, also when one of them holds", () => {
  const inbox = new Inbox();
  const done: number[] = [];
  const scene = (n: number, owed: () => boolean): void => {
    if (owed()) inbox.hold(() => done.push(n));
    else done.push(n);
  };
  inbox.put(() => done.push(1));
  inbox.put(() => scene(2, () => true));
  inbox.put(() => done.push(3));
  expect(done).toEqual([1]);
  inbox.put(() => scene(4, () => true));
  inbox.release();
  expect(done).toEqual([1, 2, 3]); // 4 holds again
  inbox.put(() => done.push(5));
  inbox.release();
  expect(done).toEqual([1, 2, 3, 4, 5]);
});

test("waiting messages are dropped with their connection", () => {
  const inbox = new Inbox();
  const done: number[] = [];
  inbox.hold(() => done.push(1));
  inbox.put(() => done.push(2));
  inbox.clear();
  inbox.put(() => done.push(3));
  inbox.release();
  expect(done).toEqual([3]);
});
