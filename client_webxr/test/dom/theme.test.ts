import { beforeEach, expect, test } from "vitest";
import { onTheme, restoreTheme, switchTheme, theme } from "../../src/dom/theme";
import { fireWindow, openPage } from "../dom";

beforeEach(() => void openPage());

test("the theme follows the system until the user chooses, and the choice is stored", () => {
  let changes = 0;
  onTheme(() => changes++);
  expect(theme()).toBe("dark");
  switchTheme();
  expect([theme(), localStorage.getItem("theme"), changes]).toEqual(["light", "light", 1]);
});

test("a stored choice is applied again, and a stored value of another kind ignored", () => {
  localStorage.setItem("theme", "light");
  restoreTheme();
  expect(theme()).toBe("light");
  openPage();
  localStorage.setItem("theme", "purple");
  restoreTheme();
  expect(theme()).toBe("dark");
});

test("a choice in another tab is followed", () => {
  restoreTheme();
  fireWindow("storage", { key: "theme", newValue: "light" });
  expect(theme()).toBe("light");
  fireWindow("storage", { key: "name", newValue: "dark" });
  expect(theme()).toBe("light");
});
