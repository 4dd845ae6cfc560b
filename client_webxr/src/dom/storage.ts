// Settings that this browser remembers. A browser that stores nothing forgets them with the page.

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is switched off or full: the setting lasts as long as the page.
  }
}

/** The stored value, or null. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
