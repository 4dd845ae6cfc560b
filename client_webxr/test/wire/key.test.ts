import { expect, test } from "vitest";
import { Key, type KeyStore } from "../../src/wire/key";

class MapStore implements KeyStore {
  readonly items = new Map<string, string>();
  getItem = (name: string) => this.items.get(name) ?? null;
  setItem = (name: string, value: string) => void this.items.set(name, value);
  removeItem = (name: string) => void this.items.delete(name);
}

test("a key is kept under the name of its folder, and found by the next page", () => {
  const store = new MapStore();
  new Key("murmuration-key:/a/", () => store).keep("secret");
  expect(new Key("murmuration-key:/a/", () => store).value).toBe("secret");
  expect(new Key("murmuration-key:/b/", () => store).value).toBeNull();
  new Key("murmuration-key:/a/", () => store).keep(null);
  expect(store.items.size).toBe(0);
});

test("without storage a key lasts as long as the page", () => {
  const refuse = () => {
    throw new Error("denied");
  };
  const key = new Key("murmuration-key:/", refuse);
  expect(key.value).toBeNull();
  key.keep("secret");
  expect(key.value).toBe("secret");
});
