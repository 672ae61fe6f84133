import { expect, it } from "vitest";

import { parse } from "../yaml/tree";
import { lineOf, replacements, spanAt } from "./spans";

const TEXT = "label: Orders\ndimensions:\n  id: {}\n  sql: 'a b'\n";
const said = (line: number, column: number) => {
  const { from, to } = spanAt(TEXT, parse(TEXT), line, column);
  return TEXT.slice(from, to);
};

it("marks the key or value at a place, and something wherever it points", () => {
  expect(said(1, 1)).toBe("label");
  expect(said(1, 8)).toBe("Orders");
  expect(said(3, 3)).toBe("id");
  expect(said(4, 8)).toBe("'a b'");
  expect(said(99, 1)).toBe("");
  expect(said(2, 400)).toBe("dimensions:");
});

it.each([
  ["a b c", "a x c"],
  ["aa", "aaa"],
  ["", "new"],
  ["a: 1\nb: 2\nc: 3\n", "a: 1\n\nb: 2\nc: '3'\n"],
])("makes %j into %j", (before, after) => {
  const made = replacements(before, after).reduceRight((text, { from, to, insert }) => text.slice(0, from) + insert + text.slice(to), before);
  expect(made).toBe(after);
});

it("replaces no more than what differs", () => {
  expect(replacements("a b c", "a x c")).toEqual([{ from: 2, to: 3, insert: "x" }]);
});

it("counts lines from 1", () => {
  expect([0, 13, 14].map((offset) => lineOf(TEXT, offset))).toEqual([1, 1, 2]);
});
