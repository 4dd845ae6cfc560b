import { expect, test, vi } from "vitest";
import { PAGE, RowPages, type Curve, type Order } from "../../src/page/rowPages";

const LENGTH = 10_050;

function curve(row: number): Curve {
  return { row, label: `${row}a1`, conductor: row, rank: 0, torsion: 1, root_number: 1 };
}

function pages() {
  const asked: [number, Order][] = [];
  const signals: AbortSignal[] = [];
  const arrived = vi.fn();
  const failed = vi.fn();
  const one = new RowPages(
    async (offset, limit, order, stop) => {
      asked.push([offset, order]);
      signals.push(stop);
      await Promise.resolve();
      return Array.from({ length: Math.min(limit, LENGTH - offset) }, (_, i) => curve(offset + i));
    },
    arrived,
    failed,
  );
  one.begin(LENGTH);
  return { one, asked, signals, arrived, failed };
}

test("a page is fetched once, when one of its rows comes into view", async () => {
  const { one, asked, arrived } = pages();
  expect(one.at(250)).toBeNull();
  one.want(250, 260);
  one.want(251, 261);
  await vi.waitFor(() => expect(arrived).toHaveBeenCalledTimes(1));
  expect(asked.map(([offset]) => offset)).toEqual([200]);
  expect(one.at(250)?.row).toBe(250);
  one.want(290, 310);
  await vi.waitFor(() => expect(one.at(300)?.row).toBe(300));
  expect(asked.length).toBe(2);
});

test("the last page is short, and nothing is requested beyond it", async () => {
  const { one, asked } = pages();
  one.want(LENGTH - 5, LENGTH + 500);
  await vi.waitFor(() => expect(one.at(LENGTH - 1)?.row).toBe(LENGTH - 1));
  expect(asked.map(([offset]) => offset)).toEqual([LENGTH - (LENGTH % PAGE)]);
  expect(one.at(LENGTH)).toBeNull();
});

test("the cache keeps only the newest pages", async () => {
  const { one } = pages();
  for (let i = 0; i < LENGTH; i += PAGE) {
    one.want(i, i);
    await vi.waitFor(() => expect(one.at(i)).not.toBeNull(), { interval: 1 });
  }
  expect(one.at(0)).toBeNull();
  expect(one.at(LENGTH - 1)).not.toBeNull();
});

test("another order drops the rows and aborts pending requests", async () => {
  const { one, asked, signals, arrived } = pages();
  one.want(0, 10);
  one.begin(LENGTH, { column: "rank", descending: true });
  expect(signals[0]!.aborted).toBe(true);
  one.want(0, 10);
  await vi.waitFor(() => expect(arrived).toHaveBeenCalledTimes(1));
  expect(asked[1]![1]).toEqual({ column: "rank", descending: true });
});

test("a failure is reported, and the page can be requested again", async () => {
  const failed = vi.fn();
  const one = new RowPages(() => Promise.reject(new Error("no answer")), vi.fn(), failed);
  one.begin(10);
  one.want(0, 9);
  await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(1));
  one.want(0, 9);
  await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(2));
});
