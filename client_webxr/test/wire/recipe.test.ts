// Recipes out of downloaded files: those in tests/golden are written by pyarrow.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readRecipe } from "../../src/wire/recipe";

const golden = (name: string) => readFileSync(new URL(`../../../tests/golden/${name}`, import.meta.url));
const blob = (data: Uint8Array | string) => new Blob([data as BlobPart]);
const wanted = (JSON.parse(golden("selection.json").toString()) as { recipe: unknown }).recipe;

describe("a recipe is read from", () => {
  test.each(["selection.parquet", "selection.arrow", "selection.json"])("%s", async (name) => {
    expect(JSON.parse(await readRecipe(blob(golden(name))))).toEqual(wanted);
  });

  test("a bare list of steps", async () => {
    expect(JSON.parse(await readRecipe(blob(JSON.stringify(wanted))))).toEqual(wanted);
  });
});

describe("one line reports", () => {
  test.each([
    ["a CSV file", "label\n11a1\n", "downloaded as Parquet or Arrow"],
    ["JSON without a recipe", '{"a": 1}', "a list of steps"],
    ["a cut Parquet file", golden("selection.parquet").subarray(0, 40), "a whole Parquet file"],
    ["a cut Arrow file", golden("selection.arrow").subarray(0, 40), "a whole Arrow file"],
    ["a Parquet file without a recipe", withoutKey(golden("selection.parquet")), "holds no recipe"],
  ])("%s", async (_name, data, words) => {
    await expect(readRecipe(blob(data))).rejects.toThrow(words);
  });
});

/** The same file with another name for the key. */
function withoutKey(file: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(file);
  const key = new TextEncoder().encode("murmuration");
  for (let at = 0; at + key.length <= copy.length; at++)
    if (key.every((byte, k) => copy[at + k] === byte)) copy[at] = "x".charCodeAt(0);
  return copy;
}
