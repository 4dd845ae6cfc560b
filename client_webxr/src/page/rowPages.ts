// The rows of a long table, fetched in pages as they come into view.

/** A row of the table of selected curves. */
export interface Curve {
  readonly row: number;
  readonly label: string;
  readonly conductor: number;
  /** Null when unknown. */
  readonly rank: number | null;
  readonly torsion: number | null;
  readonly root_number: number | null;
}

export type Column = keyof Curve;

export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

/** Fetch rows in some order; rejects without an answer, or when aborted. */
export type Fetch = (offset: number, limit: number, order: Order, stop: AbortSignal) => Promise<readonly Curve[]>;

/** Rows of a page. The cache keeps the most recent pages only, however far the user scrolls. */
export const PAGE = 100;
const MOST_PAGES = 40;

export class RowPages {
  length = 0;
  order: Order = { column: "row", descending: false };
  private readonly kept = new Map<number, readonly Curve[]>();
  private readonly asked = new Set<number>();
  private stop = new AbortController();

  /** `arrived` is called when more rows are here, `failed` with the error. */
  constructor(
    private readonly fetch: Fetch,
    private readonly arrived: () => void,
    private readonly failed: (error: Error) => void,
  ) {}

  /** Start again with other rows, or another order. */
  begin(length: number, order: Order = this.order): void {
    this.stop.abort();
    this.stop = new AbortController();
    this.kept.clear();
    this.asked.clear();
    this.length = length;
    this.order = order;
  }

  /** A row if it is here, else null; `want` fetches it. */
  at(i: number): Curve | null {
    return this.kept.get(Math.floor(i / PAGE))?.[i % PAGE] ?? null;
  }

  /** Fetch the rows first..last, unless they are here or requested already. */
  want(first: number, last: number): void {
    for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.min(last, this.length - 1) / PAGE); page++) {
      const here = this.kept.get(page);
      if (here !== undefined) {
        this.kept.delete(page); // most recently used: last to be dropped
        this.kept.set(page, here);
      } else if (!this.asked.has(page)) void this.load(page);
    }
  }

  private async load(page: number): Promise<void> {
    const { signal } = this.stop;
    this.asked.add(page);
    try {
      const rows = await this.fetch(page * PAGE, PAGE, this.order, signal);
      if (signal.aborted) return;
      this.kept.set(page, rows);
      for (const old of this.kept.keys()) if (this.kept.size > MOST_PAGES) this.kept.delete(old);
      this.arrived();
    } catch (error) {
      if (!signal.aborted) this.failed(error as Error);
    } finally {
      if (!signal.aborted) this.asked.delete(page);
    }
  }
}
