import { expect, test } from "vitest";

import { textOf, valueOf } from "./values";

test.each([
  ["", false, null],
  ["  ", true, null],
  [" East ", false, "East"],
  ["East\n\nWest \n", true, ["East", "West"]],
  ["East", true, ["East"]],
])("%j of several %j is %j", (typed, many, value) => expect(valueOf(typed, many)).toEqual(value));

test("values come back as lines", () => {
  expect([textOf(null), textOf("East"), textOf(["East", "West"])]).toEqual(["", "East", "East\nWest"]);
});
