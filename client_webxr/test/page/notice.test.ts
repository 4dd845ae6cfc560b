import { beforeEach, expect, test } from "vitest";
import { message, notice, retract } from "../../src/page/notice";
import { byId, openPage } from "../dom";

beforeEach(() => void openPage());

test("a notice is shown until it is dismissed or replaced", () => {
  notice("First.");
  notice("Second.");
  expect(byId("notice").querySelector("p")!.textContent).toBe("Second.");
  byId("notice").querySelector("button")!.click();
  expect(byId("notice").hidden).toBe(true);
});

test("only the notice that is shown can be retracted", () => {
  notice("First.");
  retract("Another.");
  expect(byId("notice").hidden).toBe(false);
  retract("First.");
  expect(byId("notice").hidden).toBe(true);
});

test("a message has a headline, its meaning and an action", () => {
  let again = 0;
  message("No server", "It does not answer.", { label: "Try again", act: () => again++ });
  expect(byId("message").textContent).toBe("No serverIt does not answer.Try again");
  byId("message").querySelector("button")!.click();
  expect(again).toBe(1);
  message(null);
  expect(byId("message").hidden).toBe(true);
});
