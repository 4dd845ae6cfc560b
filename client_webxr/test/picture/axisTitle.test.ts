import { describe, expect, it } from "vitest";
import { axisTitle } from "../../src/picture/axisTitle";
import type { Axis } from "../../src/wire/protocol.gen";

const PLAIN: Axis = {
  name: "logN", kind: "column", low: 0, high: 1, explained: null, eigenvalue: null, signal: true, accuracy: null,
  null_accuracy: null, note: "",
};

describe("the title of an axis", () => {
  it("is the name alone where there is nothing to add", () => {
    expect(axisTitle(PLAIN)).toEqual(["logN"]);
  });

  it("shortens a long expression", () => {
    expect(axisTitle({ ...PLAIN, name: "rank+".repeat(100) + "rank" })).toEqual([`${"rank+".repeat(8).slice(0, 39)}…`]);
  });

  it("says the share of the variance, and that noise could have made a component", () => {
    const axis: Axis = { ...PLAIN, name: "pc2", kind: "component", explained: 0.002, eigenvalue: 1.5, signal: false };
    expect(axisTitle(axis)).toEqual(["pc2  0.2%", "below the noise edge"]);
  });

  it("says that an axis is supervised, with both accuracies", () => {
    const axis: Axis = { ...PLAIN, name: "ld1", kind: "discriminant", accuracy: 0.9916, null_accuracy: 0.453, note: "supervised: fitted to rank" };
    expect(axisTitle(axis)).toEqual([
      "ld1",
      "supervised: fitted to rank",
      "99.2% held out, 45.3% shuffled",
    ]);
  });
});
