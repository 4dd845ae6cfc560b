// This browser's key, kept in the storage of the page's origin and folder: the server keeps only its hash.
//
// Storage, unlike a cookie, belongs to one port, and is sent to no server by itself. Below a path prefix several servers
// share an origin, so the folder of the page is part of the name. A browser may refuse storage (a private window, a
// frame): the key then lasts as long as the page.

/** The part of the Web Storage interface that is used here. */
export type KeyStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class Key {
  private held: string | null = null;

  /** `open` returns the storage, or throws where the browser refuses it. */
  constructor(
    private readonly name: string,
    private readonly open: () => KeyStore,
  ) {}

  /** The key, or null before this browser has entered. */
  get value(): string | null {
    try {
      return this.open().getItem(this.name) ?? this.held;
    } catch {
      return this.held;
    }
  }

  /** Keep a key, or forget it (null). */
  keep(key: string | null): void {
    this.held = key;
    try {
      if (key === null) this.open().removeItem(this.name);
      else this.open().setItem(this.name, key);
    } catch {
      // The key lasts as long as the page.
    }
  }
}
