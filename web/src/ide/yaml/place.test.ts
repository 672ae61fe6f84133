import { describe, expect, it } from "vitest";

import { placeAt } from "./place";

/** `|` marks the cursor. */
function at(marked: string) {
  const offset = marked.indexOf("|");
  const { path, at: kind, word, from, taken } = placeAt(marked.replace("|", ""), offset);
  return { path: path.join("/"), kind, word, from, taken };
}

describe("where the cursor is", () => {
  it.each([
    ["lab|", "", "key", "lab"],
    ["label: Or|", "label", "value", "Or"],
    ["dimensions:\n  id:\n    form|", "dimensions/id", "key", "form"],
    ["dimensions:\n  id:\n    |\n  other: {}", "dimensions/id", "key", ""],
    ["dimensions:\n  id:\n    hidden: true\n\n  # said\n  |", "dimensions", "key", ""],
    ["dimensions:\n  id:\n    hidden: true\nmeas|", "", "key", "meas"],
    ["measures:\n  total:\n    aggregate_type: |", "measures/total/aggregate_type", "value", ""],
    ["measures:\n  total: { aggregate_type: su|", "measures/total/aggregate_type", "value", "su"],
    ["measures:\n  total: { aggregate_type: sum, for|", "measures/total", "key", "for"],
    ["timeframes:\n  - raw\n  - |", "timeframes/1", "item", ""],
    ["timeframes:\n- raw\n- mo|", "timeframes/1", "item", "mo"],
    ["timeframes: [ raw, mo|", "timeframes/1", "item", "mo"],
    ["- join_from_view: a\n  join_to_view: b\n- join_from_view: c\n  on|", "1", "key", "on"],
    ["- join_from_view: a\n- join_from_view: or|", "1/join_from_view", "value", "or"],
    ["access_filters:\n  - field: users.region\n    user_|", "access_filters/0", "key", "user_"],
    ["access_filters:\n- field: a\n- field: b\n  x: |", "access_filters/1/x", "value", ""],
    ["sql: '${orders.|", "sql", "value", "'${orders."],
    ["joins:\n  users: {}\n  inventory_items:\n    pro|", "joins/inventory_items", "key", "pro"],
    ['filters:\n  "orders.state":\n    i|', "filters/orders.state", "key", "i"],
    ["a:\n  - b:\n      c|", "a/0/b", "key", "c"],
  ])("%j", (marked, path, kind, word) => {
    expect(at(marked)).toMatchObject({ path, kind, word });
  });

  it("knows the keys that stand there already, above and below", () => {
    const here = at("dimensions:\n  id:\n    hidden: true\n    |\n    format: id\n  name:\n    tags: [a]\n");
    expect([...here.taken].sort()).toEqual(["format", "hidden"]);
  });

  it("begins what is replaced after the blank", () => {
    expect(at("label: Or|").from).toBe(7);
  });

  it("ends on hostile text too", () => {
    expect(() => placeAt("- ".repeat(5000) + "{".repeat(5000), 15000)).not.toThrow();
  });
});
