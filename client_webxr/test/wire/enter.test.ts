import { expect, test } from "vitest";
import { enter, split, type EntrySurroundings } from "../../src/wire/enter";

function at(fragment: string, status: number | null) {
  const shown: string[] = [];
  const world: EntrySurroundings & { now: string; shown: string[] } = {
    now: fragment,
    shown,
    fragment: () => world.now,
    replace: (next) => void (world.now = next),
    exchange(code) {
      shown.push(code);
      return status === null ? Promise.reject(new Error("no answer")) : Promise.resolve({ status, text: "" });
    },
  };
  return world;
}

test.each([
  ["#code=K7QM3XRT", { code: "K7QM3XRT", rest: "" }],
  ["#view=7&code=K7QM3XRT&lasso=1", { code: "K7QM3XRT", rest: "#view=7&lasso=1" }],
  ["#view=7", null],
  ["#mycode=abc", null],
  ["", null],
])("the fragment %j", (fragment, found) => expect(split(fragment)).toEqual(found));

test("a code is exchanged once and leaves the address, the rest stays", async () => {
  const world = at("#view=7&code=K7QM3XRT", 200);
  expect(await enter(world)).toBe(true);
  expect([world.now, world.shown]).toEqual(["#view=7", ["K7QM3XRT"]]);
  expect(await enter(world)).toBe(false);
  expect(world.shown).toEqual(["K7QM3XRT"]);
});

test.each([401, 429])("a code refused with %i leaves the address too", async (status) => {
  const world = at("#code=K7QM3XRT", status);
  expect(await enter(world)).toBe(true);
  expect(world.now).toBe("");
});

test.each([null, 503])("when the answer is %j the code stays for another try", async (status) => {
  const world = at("#code=K7QM3XRT", status);
  expect(await enter(world)).toBe(true);
  expect(world.now).toBe("#code=K7QM3XRT");
});
