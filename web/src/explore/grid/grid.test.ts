import { tableFromArrays, tableToIPC } from "@uwdata/flechette";
import { expect, test } from "vitest";

import { bytesOf as streamBytes, decode } from "../result/decode";
import { linesOf } from "../result/lines";
import { copied, gridOf } from "./model";
import { moved } from "./selection";

const bytesOf = (columns: Record<string, unknown[]>) =>
  tableToIPC(tableFromArrays(columns as never), { format: "stream" }) as Uint8Array;

const fields = {
  "o.day": { label: "Day", is_dimension: true },
  "o.status": { label: "Status", is_dimension: true },
  "o.count": { label: "Count", is_dimension: false, format: "NUMBER_0" },
};

test("a pivoted result is widened: a cell that is not there is empty, totals are told", () => {
  const result = decode(
    bytesOf({
      "o.day": ["Mon", "Mon", "Tue", null],
      "o.status": ["done", null, "done", "done"],
      "o.count": [1000, 2, 3, 1003],
      $omni_pivot_row_num: [1, 1, 2, 3],
      $omni_pivot_col_num: [7, 9, 7, 7],
      $omni_column_total_indicator: ["", "", "", "column_total"],
      $omni_row_total_indicator: ["", "row_total", "", ""],
    }),
    { fields, pivots: ["o.status"] },
  );
  const grid = gridOf(result);
  expect(grid.columns.map((each) => [each.column.label, ...each.above])).toEqual([
    ["Day", ""],
    ["Count", "done"],
    ["Count", "Total"],
  ]);
  expect(copied(grid, { top: 0, left: 0, bottom: 2, right: 2 })).toBe(
    "Day\tdone Count\tTotal Count\nMon\t1,000\t2\nTue\t3\t\n\t1,003\t",
  );
  expect([0, 1, 2].map(grid.rowClass)).toEqual(["data", "data", "total"]);
  expect(result.dataRows()).toEqual([0, 2]);
});

test("helper columns are not shown, a formatted timeframe is one column", () => {
  const result = decode(
    bytesOf({
      "o.at[month]__raw": [new Date(Date.UTC(2026, 6, 1))],
      "o.count": [1],
      "o.at[month]": ["2026-07"],
      "o.status__omni_sort": [1],
      $omni_group_grouping: [0],
    }),
    { fields: {}, pivots: [] },
  );
  expect(result.columns.map((each) => each.name)).toEqual(["o.at[month]", "o.count"]);
  const [month] = result.columns;
  expect([month?.kind, month?.value(0), month?.text(0)]).toEqual(["time", Date.UTC(2026, 6, 1), "2026-07"]);
});

/** A stream of the server's own library: one row of text, decimal, time, date, whole number, list, truth, nothing. */
const STREAM = [
  "/////+gBAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAgAAACEAQAAPAEAAAwBAADgAAAAqAAAAFQAAAAsAA",
  "AABAAAAKz+//8AAAEBEAAAABQAAAAEAAAAAAAAAAEAAAB4AAAAlP7//9D+//8AAAEGEAAAABQAAAAEAAAAAAAAAAEAAABiAAAAuP7///T+//8A",
  "AAEMFAAAABgAAAAEAAAAAQAAABAAAAABAAAAbAAAAOD+//8c////AAABBRAAAAAYAAAABAAAAAAAAAAEAAAAaXRlbQAAAAAI////RP///wAAAQ",
  "IQAAAAHAAAAAQAAAAAAAAAAQAAAG4AAAAIAAwACAAHAAgAAAAAAAABQAAAAHj///8AAAEIEAAAABQAAAAEAAAAAAAAAAMAAABkYXkA2v///wAA",
  "AACg////AAABChAAAAAYAAAABAAAAAAAAAABAAAAdAAGAAgABgAGAAAAAAACAMz///8AAAEHEAAAABwAAAAEAAAAAAAAAAEAAABkAAAACAAMAA",
  "QACAAIAAAAJgAAAAIAAAAQABQACAAGAAcADAAAABAAEAAAAAAAAQUQAAAAIAAAAAQAAAAAAAAACwAAAGNvbnN0cnVjdG9yAAQABAAEAAAAAAAA",
  "AP////8IAgAAFAAAAAAAAAAMABYABgAFAAgADAAMAAAAAAMEABgAAABoAAAAAAAAAAAACgAYAAwABAAIAAoAAAA8AQAAEAAAAAEAAAAAAAAAAA",
  "AAABIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIAAAAAAAAAAgAAAAAAAAACwAAAAAAAAAYAAAAAAAAAAAAAAAAAAAAGAAAAAAAAAAQAAAA",
  "AAAAACgAAAAAAAAAAAAAAAAAAAAoAAAAAAAAAAgAAAAAAAAAMAAAAAAAAAAAAAAAAAAAADAAAAAAAAAABAAAAAAAAAA4AAAAAAAAAAAAAAAAAA",
  "AAOAAAAAAAAAAIAAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAgAAAAAAAAASAAAAAAAAAAAAAAAAAAAAEgAAAAAAAAADAAAAAAAAABY",
  "AAAAAAAAAAIAAAAAAAAAYAAAAAAAAAAAAAAAAAAAAGAAAAAAAAAAAQAAAAAAAAAAAAAACQAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAA",
  "AAAAAAAQAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAIAAAAAAAAAAAAAAAAA",
  "AAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAAAAAALAAAAPGltZyBzcmM9eD4AAAAAAPPF3yf0xO0Svf////////8AZoPai1UGAJ",
  "tQAAAAAAAAAQAAAAAAIAAAAAAAAgAAAAAAAAABAAAAAgAAAAAAAABhYgAAAAAAAAEAAAAAAAAA/////wAAAAA=",
].join("");

test("every kind of value is read without loss, whatever its column is called", () => {
  const told = { d: { format: "NUMBER_2" }, toString: { label: "no column" } };
  const result = decode(streamBytes(STREAM), { fields: told, pivots: [] });
  expect(Object.fromEntries(result.columns.map((each) => [each.label, each.text(0)]))).toEqual({
    constructor: "<img src=x>",
    d: "-12,345,678,901,234,567,890.05",
    t: "2026-07-01 12:30:15.123456",
    day: "2026-07-01",
    n: "9007199254740993",
    l: "a, b",
    b: "true",
    x: "",
  });
  expect(result.column("day")?.value(0)).toBe(Date.UTC(2026, 6, 1));
});

test("a cell's own tabs and lines do not part it", () => {
  const result = decode(bytesOf({ a: ["x\ty\r\nz"] }), { fields: {}, pivots: [] });
  expect(copied(gridOf(result), { top: 0, left: 0, bottom: 0, right: 0 })).toBe("a\nx y z");
});

test("keys lead through the grid and stay within it", () => {
  const size = { rows: 100, columns: 3, page: 20 };
  const press = (key: string, row: number, column: number, ctrlKey = false) =>
    moved({ key, ctrlKey, metaKey: false }, { row, column }, size);
  expect(press("ArrowDown", 99, 0)).toEqual({ row: 99, column: 0 });
  expect(press("PageDown", 70, 1)).toEqual({ row: 90, column: 1 });
  expect(press("End", 5, 0, true)).toEqual({ row: 99, column: 2 });
  expect(press("x", 5, 0)).toBeUndefined();
});

test("an answer that breaks off is no answer", () => {
  expect(() => linesOf('{"jobs_submitted":{"a":null}}\n{"job_id":"a","sta')).toThrow(/broke off/);
  expect(() => linesOf('{"message":"The disk is full.","reason":"INTERNAL"}')).toThrow("The disk is full.");
});
