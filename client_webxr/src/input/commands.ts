// Everything a person can have done, as one list: the keys, their sheet and the finder (Ctrl-K) are made from it.

export interface Command {
  /** What it is called, beginning with a verb; where `devshell` has one for it, the same. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly what: string;
  /** Key chords as `chord` writes them; the first is the one that is shown. */
  readonly keys?: readonly string[];
  /** The keys as the sheet writes them, where one line stands for several commands. */
  readonly shown?: string;
  /** What to type behind its name, e.g. "pc1,pc2,pc3"; it is then handed to `run`. */
  readonly takes?: string;
  /** Whether it can be done now. */
  readonly able?: () => boolean;
  run(rest: string): void;
}

/** The keys of an event in one way of writing: "Ctrl+Shift+z", "Shift+ArrowUp", "?", "b". */
export function chord(event: {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}): string {
  const single = event.key.length === 1;
  const letter = single && event.key.toLowerCase() !== event.key.toUpperCase();
  const shift = event.shiftKey && (!single || letter) ? "Shift+" : ""; // "?" already says that Shift was held
  const held = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
  return held + shift + (letter ? event.key.toLowerCase() : event.key);
}

const SIGNS: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  " ": "Space",
};

/** A chord as people read it: "Ctrl-Shift-Z". */
export function spelled(keys: string): string {
  const parts = keys === "+" ? ["+"] : keys.split("+").map((part) => (part === "" ? "+" : part));
  return parts.map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join("-");
}

/** The command that is to run for a chord, if any. */
export function commandFor(commands: readonly Command[], keys: string): Command | undefined {
  return commands.find((each) => each.keys?.includes(keys) && (each.able?.() ?? true));
}

/** What a command found by some typed text would run with: the words behind its name. */
export interface Found {
  readonly command: Command;
  readonly rest: string;
}

/**
 * The commands that a typed text may mean, best first. Its words are looked for in the name and in what it does; a
 * command that takes something is meant as soon as its name is followed by more.
 */
export function find(commands: readonly Command[], text: string): Found[] {
  const wanted = text.trim().toLowerCase();
  const found: (Found & { rank: number; order: number })[] = [];
  commands.forEach((command, order) => {
    if (!(command.able?.() ?? true)) return;
    const name = command.name.toLowerCase();
    if (command.takes !== undefined && wanted.startsWith(`${name} `)) {
      found.push({ command, rest: text.trim().slice(name.length).trim(), rank: 0, order });
      return;
    }
    const inName = fuzzy(wanted, name);
    const rank = inName ?? (command.what.toLowerCase().includes(wanted) ? 200 : Infinity);
    if (Number.isFinite(rank)) found.push({ command, rest: "", rank: rank + 1, order });
  });
  return found.sort((a, b) => a.rank - b.rank || a.order - b.order).map(({ command, rest }) => ({ command, rest }));
}

/**
 * How well letters match a text in which they have to appear in order: 0 is best, null is not at all. Gaps count, and
 * count less where they end at the beginning of a word.
 */
export function fuzzy(letters: string, text: string): number | null {
  const wanted = letters.replaceAll(" ", "");
  return walk(wanted, text, true) ?? walk(wanted, text, false);
}

/** The cost of finding letters one after the other, at the beginnings of words first or always at the next place. */
function walk(letters: string, text: string, byWords: boolean): number | null {
  let [at, cost] = [0, 0];
  for (const letter of letters) {
    const next = text.indexOf(letter, at);
    if (next < 0) return null;
    const word = byWords && next !== at ? text.indexOf(` ${letter}`, Math.max(0, at - 1)) + 1 : 0;
    const here = word > 0 ? word : next;
    cost += here === at ? 0 : text[here - 1] === " " ? 1 : 4 + Math.min(8, here - at);
    at = here + 1;
  }
  return cost;
}
