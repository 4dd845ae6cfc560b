// Commands: one list from which the keys, their sheet and the finder (Ctrl-K) are made.

export interface Command {
  /** The name, beginning with a verb; the same verb as in `devshell` where that has the command. */
  readonly name: string;
  /** A description in a few words. */
  readonly about: string;
  /** Key chords as `chord` writes them; the first one is shown. */
  readonly keys?: readonly string[];
  /** The keys as the sheet writes them, for one line that stands for several commands. */
  readonly shown?: string;
  /** An example of the argument, e.g. "pc1,pc2,pc3"; the typed argument goes to `run`. */
  readonly takes?: string;
  /** Whether the command is available now; always, when absent. */
  readonly able?: () => boolean;
  run(rest: string): void;
}

/** The chord of a keyboard event in one spelling: "Ctrl+Shift+z", "Shift+ArrowUp", "?", "b". */
export function chord(event: {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}): string {
  const single = event.key.length === 1;
  const letter = single && event.key.toLowerCase() !== event.key.toUpperCase();
  const shift = event.shiftKey && (!single || letter) ? "Shift+" : ""; // "?" implies Shift
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

/** The available command of a chord, if any. */
export function commandFor(commands: readonly Command[], keys: string): Command | undefined {
  return commands.find((each) => each.keys?.includes(keys) && (each.able?.() ?? true));
}

/** A command found by typed text, with the argument behind its name. */
export interface Found {
  readonly command: Command;
  readonly rest: string;
}

/**
 * The commands that match typed text, best first. The text is searched in names and descriptions; a command with an
 * argument matches as soon as its name is followed by more text.
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
    const rank = inName ?? (command.about.toLowerCase().includes(wanted) ? 200 : Infinity);
    if (Number.isFinite(rank)) found.push({ command, rest: "", rank: rank + 1, order });
  });
  return found.sort((a, b) => a.rank - b.rank || a.order - b.order).map(({ command, rest }) => ({ command, rest }));
}

/**
 * The cost of matching letters, in order, against a text: 0 is best, null is no match. Gaps cost; a gap that ends at
 * the beginning of a word costs less.
 */
export function fuzzy(letters: string, text: string): number | null {
  const wanted = letters.replaceAll(" ", "");
  return walk(wanted, text, true) ?? walk(wanted, text, false);
}

/** The cost of matching letters one after the other, preferring beginnings of words or always the next place. */
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
