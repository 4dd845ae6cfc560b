import { beforeEach, expect, test } from "vitest";
import { PeopleList } from "../../src/page/peopleList";
import { byId, openPage } from "../dom";

let names: string[];
let people: PeopleList;
const person = (id: number, name: string) => ({ id, name, colour: "#56b4e9", kind: "vr" }) as const;

beforeEach(() => {
  openPage();
  names = [];
  people = new PeopleList((name) => names.push(name));
});

test("the chip counts everybody, the list names them, oneself first by word", () => {
  people.welcome(1, "Ann");
  people.show([person(1, "Ann"), person(2, "Bea")]);
  expect(byId("people").ariaLabel).toBe("2 people here");
  expect(byId("persons").children.map((each) => each.textContent)).toEqual(["Annyou", "Beain VR"]);
  expect(people.others.map(({ id }) => id)).toEqual([2]);
});

test("a name is sent, stored, and sent again on the next visit", () => {
  people.welcome(1, "Ann");
  byId("own-name").value = " Cleo ";
  byId("rename").fire("submit");
  expect(names).toEqual(["Cleo"]);
  const later = new PeopleList((name) => names.push(name));
  later.welcome(2, "Dan");
  later.welcome(2, "Cleo"); // the server knows it already
  expect(names).toEqual(["Cleo", "Cleo"]);
});

test("the list opens with the button and closes with Escape", () => {
  people.show([person(1, "Ann")]);
  byId("people").click();
  expect(byId("people-list").hidden).toBe(false);
  byId("people-list").fire("keydown", { key: "Escape" });
  expect(byId("people-list").hidden).toBe(true);
});
