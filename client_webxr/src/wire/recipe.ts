// The recipe in a downloaded selection: JSON text beside the schema of a Parquet or Arrow file, or a JSON file itself.

import { tableFromIPC } from "@uwdata/flechette";

const KEY = "murmuration";

/** Bytes of the largest file that is read whole, and of the largest Parquet footer. */
const MOST = 256 << 20;

/** The steps of a selection's recipe as JSON text, for the message `open`. Rejects with one line for another file. */
export async function readRecipe(file: Blob): Promise<string> {
  if (file.size > MOST) throw new Error(`Expected a file of at most ${MOST >> 20} MiB.`);
  const head = new TextDecoder("latin1").decode(await file.slice(0, 6).arrayBuffer());
  let text: string | undefined;
  if (head.startsWith("PAR1")) text = parquetMetadata(await parquetFooter(file));
  else if (head === "ARROW1") text = arrowMetadata(await file.arrayBuffer());
  else text = await file.text();
  if (text === undefined) throw new Error("The file holds no recipe: download the selection again as Parquet or Arrow.");
  return JSON.stringify(steps(text));
}

function steps(text: string): unknown[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Error("Expected a selection downloaded as Parquet or Arrow, or its recipe as JSON.");
  }
  if (found !== null && typeof found === "object" && "recipe" in found) found = found.recipe;
  if (!Array.isArray(found)) throw new Error("Expected a recipe: a list of steps.");
  return found;
}

function arrowMetadata(bytes: ArrayBuffer): string | undefined {
  try {
    return tableFromIPC(bytes).schema.metadata?.get(KEY);
  } catch {
    throw new Error("Expected a whole Arrow file.");
  }
}

/** The footer of a Parquet file: its last 8 bytes are the footer's length (little-endian uint32) and "PAR1". */
async function parquetFooter(file: Blob): Promise<Uint8Array> {
  const tail = new DataView(await file.slice(-8).arrayBuffer());
  const length = tail.byteLength === 8 ? tail.getUint32(0, true) : 0;
  if (length === 0 || length + 12 > file.size) throw new Error("Expected a whole Parquet file.");
  return new Uint8Array(await file.slice(file.size - 8 - length, file.size - 8).arrayBuffer());
}

/**
 * The value of the key in a footer, which is Thrift in its compact protocol: a key is a string field (0x18, a varint
 * length, the bytes) with its value, another string field, behind it.
 */
function parquetMetadata(footer: Uint8Array): string | undefined {
  const key = [0x18, KEY.length, ...new TextEncoder().encode(KEY), 0x18];
  for (let at = footer.indexOf(0x18); at >= 0; at = footer.indexOf(0x18, at + 1)) {
    if (key.some((byte, k) => footer[at + k] !== byte)) continue;
    let [length, shift, next] = [0, 0, at + key.length];
    do length += (footer[next]! & 0x7f) * 2 ** shift;
    while (((shift += 7), footer[next++]! & 0x80));
    return new TextDecoder().decode(footer.subarray(next, next + length));
  }
  return undefined;
}
