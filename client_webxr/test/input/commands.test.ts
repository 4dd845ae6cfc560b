import { describe, expect, test } from "vitest";
import { chord, commandFor, find, fuzzy, spelled, type Command } from "../../src/input/commands";

const event = { key: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

function command(name: string, more: Partial<Command> = {}): Command {
  return { name, about: "", run: () => {}, ...more };
}

describe("chords", () => {
  test("have one spelling for all keyboards", () => {
    expect(chord({ ...event, key: "Z", ctrlKey: true, shiftKey: true })).toBe("Ctrl+Shift+z");
    expect(chord({ ...event, key: "z", metaKey: true })).toBe("Ctrl+z");
    expect(chord({ ...event, key: "?", shiftKey: true })).toBe("?");
    expect(chord({ ...event, key: "+", shiftKey: true })).toBe("+");
    expect(chord({ ...event, key: "ArrowUp", shiftKey: true })).toBe("Shift+ArrowUp");
    expect(chord({ ...event, key: "L", shiftKey: true })).toBe("Shift+l");
  });

  test("are shown in the usual spelling", () => {
    expect(spelled("Ctrl+Shift+z")).toBe("Ctrl-Shift-Z");
    expect(spelled("Shift+ArrowUp")).toBe("Shift-↑");
    expect(spelled("+")).toBe("+");
  });

  test("find the available command", () => {
    const undo = command("undo", { keys: ["Ctrl+z"], able: () => false });
    expect(commandFor([undo], "Ctrl+z")).toBeUndefined();
    expect(commandFor([{ ...undo, able: () => true }], "Ctrl+z")?.name).toBe("undo");
  });
});

describe("finding", () => {
  const commands = [
    command("lasso clear"),
    command("undo", { about: "lasso added, 812 curves" }),
    command("projection", { takes: "pc1,pc2,pc3" }),
    command("lasso show left side"),
    command("colour rank"),
  ];
  const names = (text: string) => find(commands, text).map((each) => each.command.name);

  test("an empty text finds everything, in order", () => {
    expect(names("")).toEqual(commands.map((each) => each.name));
  });

  test("letters match in order, names before descriptions", () => {
    expect(names("lc")[0]).toBe("lasso clear");
    expect(names("lass")).toEqual(["lasso clear", "lasso show left side", "undo"]);
    expect(names("lsl")[0]).toBe("lasso show left side");
    expect(names("xyz")).toEqual([]);
  });

  test("the argument is passed on as it was typed", () => {
    expect(find(commands, "projection pc1,PC2,logN")[0]).toMatchObject({ rest: "pc1,PC2,logN" });
  });

  test("the beginning of a word ranks before its middle", () => {
    expect(fuzzy("cr", "colour rank")!).toBeLessThan(fuzzy("lr", "colour rank")!);
    expect(fuzzy("q", "colour rank")).toBeNull();
  });
});
