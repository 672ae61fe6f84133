import { compile } from "vega-lite";
import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { describe, expect, test } from "vitest";

import type { Cell, Kind, Result, ResultColumn } from "../types";
import { fittingChoice, keptOf, KINDS, obstacle, readChoice, STACKS } from "./choice";
import "./draw";
import { columnsOf, marksOf } from "./rows";
import { specOf } from "./spec";
import { chartColors } from "./theme";

type Made = { name: string; kind: Kind; values: Cell[]; isMeasure?: boolean; isPivot?: boolean; format?: string };

function resultOf(...made: Made[]): Result {
  const columns = made.map(
    (each): ResultColumn => ({
      name: each.name,
      label: each.name.toUpperCase(),
      viewLabel: "",
      description: undefined,
      kind: each.kind,
      dataType: each.kind,
      isMeasure: each.isMeasure ?? false,
      isCalculation: false,
      grain: undefined,
      isDate: false,
      format: each.format,
      isPivot: each.isPivot ?? false,
      value: (row) => each.values[row] ?? null,
      text: (row) => String(each.values[row] ?? ""),
    }),
  );
  const length = made[0]?.values.length ?? 0;
  return {
    columns,
    column: (name) => columns.find((each) => each.name === name),
    length,
    rowClass: () => "data",
    isRowTotal: () => false,
    dataRows: () => Array.from({ length }, (_, at) => at),
    pivots: made.filter((each) => each.isPivot).map((each) => each.name),
    pivotRow: (row) => row + 1,
    pivotColumn: () => 1,
  };
}

const days = [Date.UTC(2026, 0, 1), Date.UTC(2026, 1, 1), Date.UTC(2026, 2, 1)];
const month: Made = { name: "o.month", kind: "time", values: days };
const state: Made = { name: "o.state", kind: "string", values: ["new", "paid", "sent"] };
const sum: Made = { name: "o.sum", kind: "number", values: [3, 1, 2], isMeasure: true, format: "USDCURRENCY_2" };
const count: Made = { name: "o.count", kind: "number", values: [1, null, 3], isMeasure: true };

describe("the chart that fits", () => {
  test.each([
    ["a measure by month is a line", resultOf(month, sum), "line"],
    ["a measure by a word is bars", resultOf(state, sum), "bar"],
    ["measures alone are values", resultOf(sum, count), "value"],
    ["dimensions alone are a table", resultOf(state, month), "table"],
    ["a measure over numbers is a scatter", resultOf({ ...count, isMeasure: false }, sum, { ...count, name: "o.n" }), "scatter"],
  ])("%s", (_, result, kind) => expect(fittingChoice(result).kind).toBe(kind));

  test("a pivot is the colour", () => {
    const choice = fittingChoice(resultOf(month, { ...state, isPivot: true }, sum));
    expect([choice.x, choice.color]).toEqual(["o.month", "o.state"]);
  });
});

describe("what is kept of a choice", () => {
  const result = resultOf(month, state, sum, count);
  test("nothing while it is what fits", () => expect(keptOf(fittingChoice(result), result)).toBeUndefined());
  test("only what differs, and it reads back", () => {
    const choice = { ...fittingChoice(result), kind: "area" as const, stack: "share" as const };
    const kept = keptOf(choice, result);
    expect(Object.keys(kept ?? {}).sort()).toEqual(["kind", "stack"]);
    expect(readChoice(kept, result)).toEqual(choice);
  });
  test("no colour is a choice", () => {
    const choice = { ...fittingChoice(result), color: "" };
    expect(readChoice(keptOf(choice, result), result).color).toBe("");
  });
  test.each([[{ kind: "nonsense" }], [{ x: "__proto__" }], [{ y: "o.sum" }], [{ y: [1, null, "gone"] }], [{ labels: "yes" }]])(
    "%j falls back to what fits",
    (hostile) => expect(readChoice(hostile as never, result)).toEqual(fittingChoice(result)),
  );
});

test("a heatmap of one dimension says what it needs", () => {
  const result = resultOf(state, sum);
  expect(obstacle({ ...fittingChoice(result), kind: "heatmap" }, result)).toBe("needsTwo");
});

test("a missing value is no zero", () => {
  const result = resultOf(state, count);
  expect(marksOf(fittingChoice(result), result, "none").marks.map((each) => each.y)).toEqual([1, null, 3]);
});

describe("every kind of chart is drawn with interpreted expressions", () => {
  const hostile: Made = { name: "o.state", kind: "string", values: ["<img src=x>", 'a"b\\', "datum['x']"] };
  const results = { time: resultOf(month, hostile, sum), words: resultOf(hostile, month, sum), pair: resultOf(hostile, sum, count) };
  const drawn = KINDS.filter((kind) => kind !== "value" && kind !== "table");
  const cases = drawn.flatMap((kind) => STACKS.map((stack) => [kind, stack] as const));
  test.each(cases)("%s, %s", async (kind, stack) => {
    for (const result of Object.values(results)) {
      for (const labels of [false, true]) {
        const choice = { ...fittingChoice(result), kind, stack, labels };
        const { marks } = marksOf(choice, result, "none");
        const spec = { ...specOf(choice, columnsOf(choice, result), marks, chartColors(false, () => "#123456")), width: 400, height: 300 };
        const view = new View(parse(compile(spec as never).spec, undefined, { ast: true } as never), { expr: expressionInterpreter as never, renderer: "none" } as never);
        await view.runAsync();
        const svg = await view.toSVG();
        expect(svg).toContain("<path");
        expect(svg).not.toContain("<img");
        view.finalize();
      }
    }
  });
});

test("axes write numbers as the server does", async () => {
  const result = resultOf(state, sum);
  const choice = fittingChoice(result);
  const { marks } = marksOf(choice, result, "none");
  const spec = { ...specOf(choice, columnsOf(choice, result), marks, chartColors(false, () => "#123456")), width: 400, height: 300 };
  const view = new View(parse(compile(spec as never).spec, undefined, { ast: true } as never), { expr: expressionInterpreter as never });
  expect(await (await view.runAsync()).toSVG()).toContain("$3.00");
});
