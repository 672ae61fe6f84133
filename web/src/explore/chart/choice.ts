import type { ChartSpec, Result, ResultColumn } from "../types";

export const KINDS = ["bar", "line", "area", "scatter", "heatmap", "pie", "value", "table"] as const;
export type ChartKind = (typeof KINDS)[number];
export const STACKS = ["side", "stack", "share"] as const;
export type Stack = (typeof STACKS)[number];

/** What is drawn: names of columns by their place. Empty `x` and `color` mean none. */
export type Choice = {
  kind: ChartKind;
  x: string;
  y: readonly string[];
  color: string;
  stack: Stack;
  isFlat: boolean;
  labels: boolean;
};

const MOST_SLICES = 12;

const measuresOf = (result: Result): ResultColumn[] =>
  result.columns.filter((each) => (each.isMeasure || each.isCalculation) && each.kind === "number");
const dimensionsOf = (result: Result): ResultColumn[] =>
  result.columns.filter((each) => !each.isMeasure && !(each.isCalculation && each.kind === "number"));

/** The chart that fits what was asked for, before anything is chosen. */
export function fittingChoice(result: Result): Choice {
  const measures = measuresOf(result);
  const dimensions = dimensionsOf(result);
  const time = dimensions.find((each) => each.kind === "time" && !each.isPivot);
  const pivot = dimensions.find((each) => each.isPivot);
  const x = time ?? dimensions.find((each) => !each.isPivot) ?? pivot;
  const color = pivot !== x ? (pivot ?? dimensions.find((each) => each !== x)) : undefined;
  const [first, second] = measures;
  const base: Choice = {
    kind: "table",
    x: x?.name ?? "",
    y: first ? [first.name] : [],
    color: color?.name ?? "",
    stack: color ? "stack" : "side",
    isFlat: false,
    labels: false,
  };
  if (!first) return base;
  if (!x) return { ...base, kind: "value", y: measures.slice(0, 6).map((each) => each.name) };
  if (time) {
    const y = color ? base.y : measures.slice(0, 4).map((each) => each.name);
    return { ...base, kind: result.dataRows().length > 2 ? "line" : "bar", y };
  }
  if (x.kind === "number" && second) return { ...base, kind: "scatter", y: [first.name] };
  const isLong = longestText(result, x) > 14;
  return { ...base, kind: "bar", isFlat: isLong, y: color ? base.y : measures.slice(0, 3).map((each) => each.name) };
}

function longestText(result: Result, column: ResultColumn): number {
  return result
    .dataRows()
    .slice(0, 50)
    .reduce((longest, row) => Math.max(longest, column.text(row).length), 0);
}

/** Reads what was chosen, from an address that may be of another result or hostile; gaps are what fits. */
export function readChoice(spec: ChartSpec | undefined, result: Result): Choice {
  const fitting = fittingChoice(result);
  if (!spec) return fitting;
  const has = (name: unknown): name is string => typeof name === "string" && result.column(name) !== undefined;
  const y = Array.isArray(spec.y) ? spec.y.filter(has).slice(0, 12) : [];
  return {
    kind: KINDS.find((each) => each === spec.kind) ?? fitting.kind,
    x: spec.x === "" ? "" : has(spec.x) ? spec.x : fitting.x,
    y: y.length > 0 ? y : fitting.y,
    color: spec.color === "" ? "" : has(spec.color) ? spec.color : fitting.color,
    stack: STACKS.find((each) => each === spec.stack) ?? fitting.stack,
    isFlat: typeof spec.isFlat === "boolean" ? spec.isFlat : fitting.isFlat,
    labels: spec.labels === true,
  };
}

/** What to keep of a choice: only what differs from what fits; nothing when all of it does. */
export function keptOf(choice: Choice, result: Result): ChartSpec | undefined {
  const fitting = fittingChoice(result);
  const differs = (Object.keys(choice) as (keyof Choice)[]).filter(
    (key) => JSON.stringify(choice[key]) !== JSON.stringify(fitting[key]),
  );
  if (differs.length === 0) return undefined;
  return Object.fromEntries(differs.map((key) => [key, choice[key]])) as ChartSpec;
}

export type Places = { x: readonly ResultColumn[]; y: readonly ResultColumn[]; color: readonly ResultColumn[] };

/** Which columns may stand where. */
export function placesOf(result: Result, kind: ChartKind): Places {
  const measures = measuresOf(result);
  const dimensions = dimensionsOf(result);
  const x = kind === "scatter" ? [...result.columns] : dimensions;
  return { x, y: measures, color: dimensions };
}

/** Why a chart cannot be drawn of this result, as the key of a sentence; nothing when it can. */
export function obstacle(choice: Choice, result: Result): "noMeasure" | "noDimension" | "needsTwo" | "tooManySlices" | undefined {
  if (choice.kind === "table") return undefined;
  if (choice.y.length === 0) return "noMeasure";
  if (choice.kind === "value") return undefined;
  if (!choice.x) return "noDimension";
  if (choice.kind === "heatmap" && !choice.color) return "needsTwo";
  if (choice.kind === "pie" && result.dataRows().length > MOST_SLICES * 10) return "tooManySlices";
  return undefined;
}
