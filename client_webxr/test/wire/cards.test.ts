import { expect, test } from "vitest";
import { Cards } from "../../src/wire/cards";
import type { Card } from "../../src/wire/protocol.gen";

function card(row: number): Card {
  return {
    type: "card",
    row,
    label: `${row}a1`,
    isogeny_class: `${row}a`,
    conductor: row,
    rank: 0,
    root_number: 1,
    torsion: 1,
    ainvs: "[0,0,0,0,1]",
    equation: "y² = x³ + 1",
    url: "",
  };
}

function watched(connected = true) {
  const [asked, arrived]: [number[], number[]] = [[], []];
  const cards = new Cards(
    (row) => (asked.push(row), connected),
    ({ row }) => arrived.push(row),
  );
  return { asked, arrived, cards };
}

test("one request at a time; of the waiting ones only the newest is sent", () => {
  const { asked, arrived, cards } = watched();
  for (const row of [1, 2, 3, 4]) expect(cards.want(row)).toBeNull();
  expect(asked).toEqual([1]);
  cards.take(card(1));
  expect(asked).toEqual([1, 4]);
  cards.take(card(4));
  expect(asked).toEqual([1, 4]);
  expect(arrived).toEqual([1, 4]);
});

test("a known card is not requested again", () => {
  const { asked, cards } = watched();
  cards.want(1);
  cards.take(card(1));
  expect(cards.want(1)?.label).toBe("1a1");
  expect(asked).toEqual([1]);
  cards.reset();
  expect(cards.want(1)).toBeNull();
  expect(asked).toEqual([1, 1]);
});

test("a refused or unsent request lets the next one through", () => {
  const refused = watched();
  refused.cards.want(1);
  refused.cards.want(2);
  refused.cards.freed();
  expect(refused.asked).toEqual([1, 2]);
  const unsent = watched(false);
  unsent.cards.want(1);
  unsent.cards.want(2);
  expect(unsent.asked).toEqual([1, 2]);
});
