import { beforeEach, expect, test } from "vitest";
import type { Scene, Welcome } from "../../src/wire/protocol.gen";
import { Thread } from "../../src/wire/resumption";

const welcome = (resumed: boolean): Welcome => {
  return { type: "welcome", id: 1, member: "a b", name: "", colour: "", scope: "editor", resumed };
};
const scene = (epoch: number) => ({ type: "scene", epoch }) as Scene;

let thread: Thread;

beforeEach(() => {
  thread = new Thread();
  thread.welcome(welcome(false));
  thread.scene(scene(4));
  for (const seq of [1, 2, 3]) thread.arrive(seq);
  for (const seq of [1, 2]) thread.take(seq);
});

test("nobody is anybody before the first welcome", () => {
  expect(new Thread().query).toBe("");
});

test("it goes on after what was taken in, not after what had arrived", () => {
  expect(thread.query).toBe("?member=a+b&epoch=4&seq=2");
  thread.welcome(welcome(true));
  thread.arrive(3);
  thread.take(3);
  expect(thread.query).toBe("?member=a+b&epoch=4&seq=3");
});

test("a connection that begins anew counts from one, and has no scene until one came", () => {
  thread.welcome(welcome(false));
  expect(thread.query).toBe("?member=a+b&epoch=0&seq=0");
  thread.arrive(1);
  expect(() => thread.arrive(1)).toThrow("expected frame 2, got 1");
});

test("after a gap, or what cannot be read, it begins anew", () => {
  expect(() => thread.arrive(5)).toThrow("expected frame 4, got 5");
  expect(thread.query).toBe("?member=a+b&epoch=0&seq=2");
  thread.scene(scene(5));
  thread.tear();
  expect(thread.query).toBe("?member=a+b&epoch=0&seq=2");
});
