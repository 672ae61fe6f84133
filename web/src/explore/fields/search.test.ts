import { expect, test } from "vitest";

import type { FieldInfo } from "../types";
import type { FieldGroup, ViewFields } from "./info";
import { indexOf, rowsOf } from "./search";

function field(name: string, more: Partial<FieldInfo> = {}, frames: FieldInfo[] = [], tags: string[] = []): FieldGroup {
  const info: FieldInfo = {
    name,
    view: "orders",
    viewLabel: "Orders",
    groupLabel: undefined,
    label: name.split(".")[1] ?? name,
    description: undefined,
    kind: "string",
    dataType: "STRING",
    isMeasure: false,
    grain: undefined,
    isDate: false,
    format: undefined,
    aggregate: undefined,
    hidden: false,
    values: undefined,
    ...more,
  };
  return { info, frames, synonyms: [], tags, order: Infinity };
}

const month = field("orders.at[month]", { label: "Sold Month", grain: "month", kind: "time" }).info;
const views: ViewFields[] = [
  {
    name: "orders",
    label: "Orders",
    description: undefined,
    schema: "main",
    groups: [
      field("orders.status", { description: "Where it is" }, [], ["core"]),
      field("orders.at", { label: "Sold", kind: "time", dataType: "TIMESTAMP" }, [month]),
      field("orders.secret", { hidden: true }),
      field("orders.count", { isMeasure: true, kind: "number", dataType: "NUMBER", groupLabel: "Sums" }),
    ],
  },
];

const none = new Set<string>();
const found = (typed: string) =>
  rowsOf(indexOf(views), { typed, closed: none, open: none, only: undefined }).flatMap((row) =>
    row.at === "field" ? [row.info.name] : [],
  );

test.each([
  ["", ["orders.status", "orders.at", "orders.count"]],
  ["STAT", ["orders.status"]],
  ["where is", ["orders.status"]],
  ["sold month", ["orders.at", "orders.at[month]"]],
  ["data_type:number", ["orders.count"]],
  ["is:measure", ["orders.count"]],
  ["is:dimension data_type:timestamp", ["orders.at"]],
  ["is:hidden", ["orders.secret"]],
  ["schema:other", []],
  ["tag:core", ["orders.status"]],
  ["group:sums count", ["orders.count"]],
  ["model_type:shared status", ["orders.status"]],
  ['view:"orders" is:', ["orders.status", "orders.at", "orders.count"]],
  ["constructor: __proto__:x", []],
])("%s finds what it says", (typed, names) => {
  expect(found(typed)).toEqual(names);
});

test("fields in use are shown alone, their timeframes among them", () => {
  const rows = rowsOf(indexOf(views), { typed: "", closed: new Set(["orders"]), open: none, only: new Set(["orders.at[month]"]) });
  expect(rows.map((row) => row.key)).toEqual(["v:orders", "orders.at", "orders.at[month]"]);
});

test("ten thousand fields are searched well within a frame or three", () => {
  const many = Array.from({ length: 200 }, (_, view) => ({
    name: `view_${view}`,
    label: `View ${view}`,
    description: undefined,
    schema: "main",
    groups: Array.from({ length: 50 }, (__, at) => field(`view_${view}.field_${at}`, { description: "Something long ".repeat(8) })),
  }));
  const index = indexOf(many);
  const times = ["f", "fi", "field_49", "view_199 field", "data_type:string 7", "nothing like it"].map((typed) => {
    const begun = performance.now();
    rowsOf(index, { typed, closed: none, open: none, only: undefined });
    return performance.now() - begun;
  });
  expect(times.sort((one, other) => one - other)[3]).toBeLessThan(50);
});
