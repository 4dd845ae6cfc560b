// The operations that combine a new shape with the selection, and their modifier keys.

import type { Operation } from "../wire/protocol.gen";

/** Every operation in words, with its modifier keys. */
export const OPERATIONS: readonly { operation: Operation; words: string; sign: string; keys: string }[] = [
  { operation: "replace", words: "select anew", sign: "=", keys: "Shift" },
  { operation: "add", words: "add", sign: "+", keys: "Ctrl" },
  { operation: "subtract", words: "subtract", sign: "−", keys: "Alt" },
  { operation: "intersect", words: "keep what is in both", sign: "∩", keys: "Shift-Alt" },
];

/** The operation of the held modifier keys, or null without one. */
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
