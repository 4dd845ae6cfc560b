// The golden files in tests/golden, which Python wrote.

import { readFileSync } from "node:fs";

/** A file as a message would bring it: alone in its own buffer. */
export function golden(name: string): ArrayBuffer {
  return new Uint8Array(readFileSync(new URL(`../../tests/golden/${name}`, import.meta.url))).buffer;
}
