import { beforeEach, expect, test } from "vitest";
import type { Scene, Welcome } from "../../src/wire/protocol.gen";
import { Resumption } from "../../src/wire/resumption";

const welcome = (resumed: boolean): Welcome => {
  return { type: "welcome", id: 1, member: "a b", name: "", colour: "", scope: "editor", resumed };
};
const scene = (epoch: number) => ({ type: "scene", epoch }) as Scene;

let resumption: Resumption;

beforeEach(() => {
  resumption = new Resumption();
  resumption.welcome(welcome(false));
  resumption.scene(scene(4));
  for (const seq of [1, 2, 3]) resumption.arrive(seq);
  for (const seq of [1, 2]) resumption.take(seq);
});

test("the query is empty before the first welcome", () => {
  expect(new Resumption().query).toBe("");
});

test("a connection resumes after the last frame taken in, not the last arrived", () => {
  expect(resumption.query).toBe("?member=a+b&epoch=4&seq=2");
  resumption.welcome(welcome(true));
  resumption.arrive(3);
  resumption.take(3);
  expect(resumption.query).toBe("?member=a+b&epoch=4&seq=3");
});

test("a fresh connection counts from one, and has no scene before the first", () => {
  resumption.welcome(welcome(false));
  expect(resumption.query).toBe("?member=a+b&epoch=0&seq=0");
  resumption.arrive(1);
  expect(() => resumption.arrive(1)).toThrow("expected frame 2, got 1");
});

test("after a gap or an unreadable frame the next connection starts from scratch", () => {
  expect(() => resumption.arrive(5)).toThrow("expected frame 4, got 5");
  expect(resumption.query).toBe("?member=a+b&epoch=0&seq=2");
  resumption.scene(scene(5));
  resumption.tear();
  expect(resumption.query).toBe("?member=a+b&epoch=0&seq=2");
});
