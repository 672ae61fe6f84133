import { expect, test } from "vitest";

import type { QueryState } from "../types";
import { read, write } from "./codec";
import { EMPTY } from "./state";

const full: QueryState = {
  fields: ["orders.created_at[month]", "orders.status", "orders.count", 'a."b\u2028<script>é😀'],
  filters: [
    { field: "orders.status", filter: { type: "string", kind: "EQUALS", values: ["a,b", "\u0000", "💥"] } },
    { field: "orders.status", filter: null },
    { field: "orders.count", filter: ">=10" },
  ],
  anyOf: [{ field: "users.state", filter: { type: "composite", conjunction: "OR", filters: [{ type: "null" }] } }],
  sorts: [
    { field: "orders.count", descending: true, pivot: { "orders.status": "Complete" } },
    { field: "orders.created_at[month]", descending: false },
  ],
  limit: 50_000,
  pivots: ["orders.status"],
  columnLimit: 200,
  columnTotals: true,
  rowTotals: true,
  subtotals: ["orders.created_at[month]"],
  fill: ["orders.created_at[month]"],
  sql: null,
};

const word = (value: unknown) => `1.${Buffer.from(JSON.stringify(value)).toString("base64url")}`;

test("a state comes back as it was", () => {
  const chart = { mark: "bar", x: { field: "orders.status" } };
  const written = write({ query: full, chart }) ?? "";
  expect(written).toMatch(/^1\.[A-Za-z0-9_-]+$/);
  expect(read(written)).toEqual({ query: full, chart });
});

test("SQL by hand comes back, empty too", () => {
  for (const sql of ["", "SELECT '%' -- ☃\n"]) {
    expect(read(write({ query: { ...EMPTY, sql }, chart: undefined }))?.query.sql).toBe(sql);
  }
});

test("a state that says nothing leaves the address alone", () => {
  expect(write({ query: EMPTY, chart: undefined })).toBeUndefined();
});

test.each([
  ["nothing", undefined],
  ["another version", `2.${word({ f: ["a"] }).slice(2)}`],
  ["no base64", "1.***"],
  ["no UTF-8", `1.${Buffer.from([0xff, 0xfe, 0x7b]).toString("base64url")}`],
  ["no JSON", `1.${Buffer.from("{").toString("base64url")}`],
  ["no object", word([1, 2])],
  ["something endless", `1.${"A".repeat(200_000)}`],
])("%s is no state", (_, given) => {
  expect(read(given)).toBeUndefined();
});

test("what is of another shape is left out, the rest is kept", () => {
  const kept = read(
    word({
      f: ["orders.count", 7, null, "", "__proto__", "orders.count", "x".repeat(501)],
      w: [["orders.status", 5], ["orders.status", "Complete"], "x", [], [null, "y"], { field: "z" }],
      s: [["orders.count", "yes", { a: 1, b: "c" }], [], 3, ["orders.status", 1, "x"]],
      l: -5,
      p: ["orders.status"],
      pl: 10_000,
      ct: "true",
      rt: 1,
      q: 12,
      c: [],
      zz: 1,
    }),
  );
  expect(kept).toEqual({
    query: {
      ...EMPTY,
      fields: ["orders.count"],
      filters: [{ field: "orders.status", filter: "Complete" }],
      sorts: [
        { field: "orders.count", descending: false, pivot: { b: "c" } },
        { field: "orders.status", descending: true },
      ],
      limit: 1,
      columnLimit: 200,
    },
    chart: undefined,
  });
});

test("nothing of an address reaches a prototype", () => {
  const hostile = `{"__proto__":{"sql":"x"},"f":["a"],"w":[["a",{"__proto__":{"polluted":1}}]],"c":{"__proto__":{"polluted":1}}}`;
  const kept = read(`1.${Buffer.from(hostile).toString("base64url")}`);
  expect(kept?.query.sql).toBeNull();
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("a filter that is nested without end is left out", () => {
  let filter: unknown = "x";
  for (let depth = 0; depth < 50; depth += 1) filter = { type: "composite", filters: [filter] };
  expect(read(word({ f: ["a"], w: [["a", filter]], c: { deep: filter } }))).toEqual({
    query: { ...EMPTY, fields: ["a"] },
    chart: undefined,
  });
});
