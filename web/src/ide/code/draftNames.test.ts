import { expect, it } from "vitest";

import { withDrafts } from "./draftNames";
import { Names } from "./names";

const at = { line: 9, column: 3, layer: "1" };
const saved = new Names([
  { kind: "view", name: "orders", file: "main/orders.view", ...at },
  { kind: "dimension", name: "state", view: "orders", file: "main/orders.view", dataType: "STRING", ...at },
  { kind: "dimension", name: "old", view: "orders", file: "main/orders.view", ...at },
  { kind: "constant", name: "rate", file: "model", ...at },
]);

it("knows fields that are typed, where they stand now, and forgets those that are gone", () => {
  const text = "dimensions:\n  state: {}\nmeasures:\n  total:\n    label: All\n    aggregate_type: sum\n";
  const names = withDrafts(saved, { "main/orders.view": text });
  expect(names.fieldsOf("orders")).toMatchObject([
    { name: "state", line: 2, column: 3, dataType: "STRING" },
    { name: "total", line: 4, kind: "measure", label: "All", aggregateType: "sum" },
  ]);
  expect(names.of("constant")).toHaveLength(1);
});

it("knows new views and topics", () => {
  const names = withDrafts(saved, { "x/refunds.view": "dimensions:\n  id: {}\n", "sales.topic": "base_view: orders\n" });
  expect(names.view("refunds")?.file).toBe("x/refunds.view");
  expect(names.field("refunds", "id")?.line).toBe(2);
  expect(names.topic("sales")).toBeDefined();
});

it("takes the saved names where nothing is typed", () => {
  expect(withDrafts(saved, {})).toBe(saved);
});
