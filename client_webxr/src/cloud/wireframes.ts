// The wireframes of the cloud and of the selection, cut into runs of segments that are drawn alike.

import { CLASS_BITS, surfaceOf } from "./flags";
import type { WireframeFrame } from "../wire/frames";
import { ROLES } from "../wire/protocol.gen";

export type Role = (typeof ROLES)[number];

/** The class of segments without one. */
export const NO_CLASS = 255;

/** Segments drawn alike: eight integers each, x, y, z, class at both ends. */
export interface Run {
  readonly role: Role;
  /** Index of the class, or NO_CLASS. */
  readonly kind: number;
  /** Of a contour: 0 for the outer surface of its class, 1 for the next one inside. */
  readonly surface: number;
  readonly segment: Uint16Array;
}

export interface Wireframe {
  /** Version of the selection; 0 for the cloud. */
  readonly version: number;
  readonly runs: readonly Run[];
  readonly segments: number;
}

export class Wireframes {
  cloud: Wireframe | null = null;
  selection: Wireframe | null = null;

  take(frame: WireframeFrame): void {
    this[frame.of] = { version: frame.version, runs: runs(frame), segments: frame.role.length };
  }

  /** Another scene begins. */
  reset(): void {
    this.cloud = this.selection = null;
  }
}

function runs({ segment, role }: WireframeFrame): Run[] {
  const found: Run[] = [];
  for (let start = 0, end = 0; start < role.length; start = end) {
    const word = segment[8 * start + 3]!;
    while (end < role.length && role[end] === role[start] && segment[8 * end + 3] === word) end++;
    found.push({
      role: ROLES[role[start]!] ?? "contour",
      kind: word & CLASS_BITS,
      surface: surfaceOf(word),
      segment: segment.subarray(8 * start, 8 * end),
    });
  }
  return found;
}
