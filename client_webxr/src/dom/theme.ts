// Dark or light: what the system prefers, until somebody chooses; the choice is remembered in this browser.

import { remember, remembered } from "./storage";

export type Theme = "dark" | "light";

const KEY = "theme";
const listeners: (() => void)[] = [];

/** The theme as it is now. Without a page (in tests of logic) it is dark. */
export function theme(): Theme {
  if (typeof document === "undefined") return "dark";
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "dark" || chosen === "light") return chosen;
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

/** Bring back the choice of another day, before anything is drawn. */
export function restoreTheme(): void {
  const kept = remembered(KEY);
  if (kept === "dark" || kept === "light") document.documentElement.dataset["theme"] = kept;
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", changed);
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== KEY || newValue === null) return; // chosen in another page of ours, or in the one around this frame
    document.documentElement.dataset["theme"] = newValue;
    changed();
  });
}

/** Have something done whenever the theme changes. */
export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

function changed(): void {
  for (const each of listeners) each();
}

/** Choose the other theme. */
export function switchTheme(): void {
  const next = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset["theme"] = next;
  remember(KEY, next);
  changed();
}
