// What a new shape does with what is selected already, and the keys that say so.

import type { Operation } from "../wire/protocol.gen";

/** In words, with the keys to be held. */
export const OPERATIONS: readonly { operation: Operation; words: string; sign: string; keys: string }[] = [
  { operation: "replace", words: "select anew", sign: "=", keys: "Shift" },
  { operation: "add", words: "add", sign: "+", keys: "Ctrl" },
  { operation: "subtract", words: "subtract", sign: "−", keys: "Alt" },
  { operation: "intersect", words: "keep what is in both", sign: "∩", keys: "Shift-Alt" },
];

/** What the held keys mean for a shape, or null when they mean none. */
export function wanted(keys: {
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}): Operation | null {
  if (keys.altKey) return keys.shiftKey ? "intersect" : "subtract";
  if (keys.ctrlKey || keys.metaKey) return "add";
  return keys.shiftKey ? "replace" : null;
}
