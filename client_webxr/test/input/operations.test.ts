import { expect, test } from "vitest";
import { wanted } from "../../src/input/operations";

const keys = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

test("modifier keys choose the operation of a shape", () => {
  expect(wanted(keys)).toBeNull();
  expect(wanted({ ...keys, shiftKey: true })).toBe("replace");
  expect(wanted({ ...keys, ctrlKey: true })).toBe("add");
  expect(wanted({ ...keys, metaKey: true })).toBe("add");
  expect(wanted({ ...keys, ctrlKey: true, shiftKey: true })).toBe("add");
  expect(wanted({ ...keys, altKey: true })).toBe("subtract");
  expect(wanted({ ...keys, altKey: true, shiftKey: true })).toBe("intersect");
});
