// The bits of a point: its class, in the fourth integer that the server sends, and its flags, a byte that this client
// keeps beside it. The shaders and the desktop's client read the same bits.

import type { Operation } from "../wire/protocol.gen";

/** The class index in the fourth integer of a point or of a segment's end. */
export const CLASS_BITS = 0xff;

/** The flag of a selected point: the bit of slot 0. Slots 1 to MOST_MARKS are named selections shown in their colours. */
export const SELECTED = 1;

/** The flag of a slot. */
export function slotBit(slot: number): number {
  return 1 << slot;
}

/** The surface in the fourth integer of a contour's end: 0 for the outer one of its class. */
export function surfaceOf(word: number): number {
  return word >> 8;
}

/** Combine the hits of a stroke (0 or 1 for each point) with the selected points. The other flags stay. */
export function combine(flags: Uint8Array, hits: Uint8Array, operation: Operation): void {
  for (let i = 0; i < flags.length; i++) {
    const now = flags[i]!;
    const hit = hits[i]!;
    if (operation === "replace") flags[i] = (now & ~SELECTED) | hit;
    else if (operation === "add") flags[i] = now | hit;
    else if (operation === "subtract") flags[i] = now & ~hit;
    else flags[i] = now & (~SELECTED | hit);
  }
}

/**
 * Set the flag of a slot from a mask: one bit for each point, lowest bit of a byte first. The other flags stay. Returns
 * whether any flag changed.
 */
export function unpack(flags: Uint8Array, bits: Uint8Array, slot = 0): boolean {
  const others = ~slotBit(slot);
  let changes = 0;
  for (let i = 0; i < flags.length; i++) {
    const now = (flags[i]! & others) | (((bits[i >> 3]! >> (i & 7)) & 1) << slot);
    changes |= now ^ flags[i]!;
    flags[i] = now;
  }
  return changes !== 0;
}

/** Clear the flag of a slot; returns whether any point had it. */
export function wipe(flags: Uint8Array, slot = 0): boolean {
  const bit = slotBit(slot);
  let had = 0;
  for (let i = 0; i < flags.length; i++) {
    had |= flags[i]! & bit;
    flags[i]! &= ~bit;
  }
  return had !== 0;
}
