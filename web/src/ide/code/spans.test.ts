import { expect, it } from "vitest";

import { parse } from "../yaml/tree";
import { lineOf, replacement, spanAt } from "./spans";

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

it("replaces no more than what differs", () => {
  expect(replacement("a b c", "a x c")).toEqual({ from: 2, to: 3, insert: "x" });
  expect(replacement("aa", "aaa")).toEqual({ from: 2, to: 2, insert: "a" });
  expect(replacement("", "new")).toEqual({ from: 0, to: 0, insert: "new" });
});

it("counts lines from 1", () => {
  expect([0, 13, 14].map((offset) => lineOf(TEXT, offset))).toEqual([1, 1, 2]);
});
