import { expect, test } from "vitest";

import { lastPart, wanted, withValue, written } from "./tokens";

test("the part that is typed is the last one", () => {
  expect(lastPart("Ohio, Te")).toEqual({ start: 6, typed: "Te" });
  expect(lastPart("a\\,b")).toEqual({ start: 0, typed: "a,b" });
});

test.each([
  ["Ohio, Te", "Texas", "Ohio, Texas"],
  ["not Oh", "Ohio", "not Ohio"],
  ["", "a,b", "a\\,b"],
  ["contains O", "Ohio", "Ohio"],
])("%s with %s is %s", (text, value, next) => {
  expect(withValue(text, value)).toBe(next);
});

test.each(["", "null", "not x", "-5", "50%", "is empty", " x", "Contains y"])("%s is no text of its own", (value) => {
  expect(written(value)).toBeUndefined();
});

test("what is looked for leaves the words of an operator out", () => {
  expect(wanted("Ohio, not contains te")).toBe("te");
});
