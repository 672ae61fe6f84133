import { expect, test } from "vitest";

import { bodyOf, curlOf, pythonOf, queryObject } from "./body";
import { begin, redo, step, undo } from "./history";
import { filterTexts } from "./modelFilters";
import { EMPTY, addField, limited, moveFilter, removeField, replaceField, sortBy, togglePivot } from "./state";

const where = { modelId: "m", topic: "orders", baseView: "orders", branchId: undefined };
const isMeasure = (name: string) => name.endsWith("count");
const query = { ...EMPTY, fields: ["orders.status", "orders.count"] };

test("a dimension goes before the measures", () => {
  expect(addField(query, "users.state", isMeasure).fields).toEqual(["orders.status", "users.state", "orders.count"]);
});

test("what speaks of a field goes with it", () => {
  const pivoted = { ...togglePivot(query, "orders.status"), rowTotals: true, fill: ["orders.status"] };
  const left = removeField({ ...pivoted, sorts: [{ field: "orders.status", descending: true }] }, "orders.status");
  expect(left).toEqual({ ...EMPTY, fields: ["orders.count"] });
});

test("another timeframe takes the place of one", () => {
  const by = { ...EMPTY, fields: ["o.at[month]"], sorts: [{ field: "o.at[month]", descending: true }], fill: ["o.at[month]"] };
  expect(replaceField(by, "o.at[month]", "o.at[week]")).toEqual({
    ...EMPTY,
    fields: ["o.at[week]"],
    sorts: [{ field: "o.at[week]", descending: true }],
    fill: ["o.at[week]"],
  });
});

test("a header sorts one way, the other, not at all; with Shift beside the others", () => {
  const sort = { field: "orders.count" };
  const once = sortBy(query, sort, true, false);
  expect(once.sorts).toEqual([{ field: "orders.count", descending: true }]);
  const twice = sortBy(once, sort, true, false);
  expect(twice.sorts).toEqual([{ field: "orders.count", descending: false }]);
  expect(sortBy(twice, sort, true, false).sorts).toEqual([]);
  expect(sortBy(once, { field: "orders.status" }, false, true).sorts).toHaveLength(2);
});

test("rows stay within what is served", () => {
  expect([limited(0), limited(1e9), limited(12.7), limited(Number.NaN)]).toEqual([1, 50_000, 12, 1000]);
});

test("filters on one field hold together, those of which one is enough stand in a control", () => {
  const lines = [">5", "<9", null].map((filter) => ({ field: "orders.count", filter }));
  const asked = queryObject({ ...moveFilter({ ...query, filters: [...lines, { field: "orders.status", filter: "x" }] }, "filters", 3) }, where);
  expect(asked.filters).toEqual({ "orders.count": { type: "composite", conjunction: "AND", filters: [">5", "<9"] } });
  expect(asked.controls).toEqual([
    { type: "MULTI_FIELD_FILTER", conjunction: "OR", filters: [{ fieldName: "orders.status", filter: "x" }] },
  ]);
});

test("SQL by hand is sent alone", () => {
  expect(bodyOf({ ...query, sql: "SELECT 1" }, { ...where, branchId: "b" })).toEqual({
    query: { modelId: "m", fields: [], userEditedSQL: "SELECT 1" },
    branchId: "b",
  });
});

test("what is taken along says the same, whatever is in it", () => {
  const body = bodyOf({ ...query, filters: [{ field: "orders.status", filter: `it's """ \\ $HOME` }] }, where);
  const shell = curlOf(body, "https://bi.example/");
  const quoted = shell.slice(shell.indexOf("-d '") + 4, -1).replaceAll("'\\''", "'");
  expect(JSON.parse(quoted)).toEqual(body);
  expect(shell).toContain("$OMNI_API_KEY");
  const python = pythonOf(body, "https://bi.example/");
  const [, literal = ""] = /r"""([\s\S]*?)"""/.exec(python) ?? [];
  expect(JSON.parse(literal)).toEqual(body);
});

test("undo and redo lead through the states; a step forgets what was undone", () => {
  let history = step(step(begin(1), 2), 3);
  history = undo(undo(history));
  expect(history.present).toBe(1);
  history = redo(history);
  expect(history).toEqual({ past: [1], present: 2, future: [3] });
  expect(step(history, 9).future).toEqual([]);
  expect(step(history, 2)).toBe(history);
});

test("filters of model files become texts; what no text says is left out", () => {
  expect(
    filterTexts({
      "o.status": { is: ["Complete", "a,b"] },
      "o.at": { time_for_duration: ["30 days ago", "30 days"] },
      "o.price": { between: [1, 5] },
      "o.gone": { field_name_in_query: "x" },
      "o.two": { greater_than: 1, less_than: 5 },
    }),
  ).toEqual([
    { field: "o.status", filter: "Complete,a\\,b" },
    { field: "o.at", filter: "30 days ago for 30 days" },
    { field: "o.price", filter: "between 1 and 5" },
  ]);
});
