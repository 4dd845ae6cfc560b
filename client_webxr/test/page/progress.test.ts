import { beforeEach, expect, test } from "vitest";
import { showProgress } from "../../src/page/progress";
import { byId, openPage } from "../dom";

beforeEach(() => void openPage());

test("a task is shown with its share until it ends", () => {
  showProgress({ task: "components", done: 250, total: 1000 });
  const bar = byId("progress").querySelector("progress")! as unknown as { value: number; max: number };
  expect([byId("progress").hidden, bar.value, bar.max]).toEqual([false, 250, 1000]);
  expect(byId("progress").textContent).toBe("components");
  showProgress({ task: "components", done: 1000, total: 1000 });
  expect(byId("progress").hidden).toBe(true);
});

test("a lost connection hides it", () => {
  showProgress({ task: "components", done: 250, total: 1000 });
  showProgress(null);
  expect(byId("progress").hidden).toBe(true);
});
