import { beforeEach, expect, test } from "vitest";
import { soon } from "../../src/dom/soon";
import { frame, openPage } from "../dom";

beforeEach(() => void openPage());

test("several calls before a frame become one, and calls after it another", () => {
  let written = 0;
  const write = soon(() => written++);
  write();
  write();
  expect(written).toBe(0);
  frame();
  expect(written).toBe(1);
  write();
  frame();
  frame();
  expect(written).toBe(2);
});

test("a call from within waits for the next frame", () => {
  let written = 0;
  const write = soon(() => {
    if (++written < 3) write();
  });
  write();
  frame();
  expect(written).toBe(1);
  frame();
  frame();
  frame();
  expect(written).toBe(3);
});
