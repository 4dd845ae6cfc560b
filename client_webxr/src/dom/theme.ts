// The theme, dark or light: the system's preference until the user chooses; the choice is stored in this browser.

import { remember, remembered } from "./storage";

export type Theme = "dark" | "light";

const KEY = "theme";
const listeners: (() => void)[] = [];

/** The current theme. Without a document (in tests of logic) it is dark. */
export function theme(): Theme {
  if (typeof document === "undefined") return "dark";
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "dark" || chosen === "light") return chosen;
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

/** Apply the stored choice, before anything is drawn. */
export function restoreTheme(): void {
  const kept = remembered(KEY);
  if (kept === "dark" || kept === "light") document.documentElement.dataset["theme"] = kept;
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", changed);
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== KEY || newValue === null) return; // chosen in another tab, or in the page around this frame
    document.documentElement.dataset["theme"] = newValue;
    changed();
  });
}

/** Call `listener` whenever the theme changes. */
export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

function changed(): void {
  for (const each of listeners) each();
}

/** Switch to the other theme, and store the choice. */
export function switchTheme(): void {
  const next = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset["theme"] = next;
  remember(KEY, next);
  changed();
}
