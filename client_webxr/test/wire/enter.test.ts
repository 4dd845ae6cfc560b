import { expect, test } from "vitest";
import { enter, split, type Door } from "../../src/wire/enter";

function at(fragment: string, answer: number | null) {
  const shown: string[] = [];
  const door: Door & { now: string; shown: string[] } = {
    now: fragment,
    shown,
    fragment: () => door.now,
    replace: (next) => void (door.now = next),
    show(token) {
      shown.push(token);
      return answer === null ? Promise.reject(new Error("nobody")) : Promise.resolve(answer);
    },
  };
  return door;
}

test.each([
  ["#token=abc", { token: "abc", rest: "" }],
  ["#view=7&token=a-_9&lasso=1", { token: "a-_9", rest: "#view=7&lasso=1" }],
  ["#view=7", null],
  ["#mytoken=abc", null],
  ["", null],
])("the fragment %j", (fragment, found) => expect(split(fragment)).toEqual(found));

test("a token is sent once and leaves the address, the rest stays", async () => {
  const door = at("#view=7&token=abc", 200);
  expect(await enter(door)).toBe(true);
  expect([door.now, door.shown]).toEqual(["#view=7", ["abc"]]);
  expect(await enter(door)).toBe(false);
  expect(door.shown).toEqual(["abc"]);
});

test.each([401, 429])("a token refused with %i leaves the address too", async (status) => {
  const door = at("#token=abc", status);
  expect(await enter(door)).toBe(true);
  expect(door.now).toBe("");
});

test.each([null, 503])("when the answer is %j the token stays for another try", async (status) => {
  const door = at("#token=abc", status);
  expect(await enter(door)).toBe(true);
  expect(door.now).toBe("#token=abc");
});
