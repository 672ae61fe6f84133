import type { TopLevelSpec } from "vega-lite";

import type { ResultColumn } from "../types";
import type { Choice } from "./choice";
import type { Mark } from "./rows";
import { chartConfig, type ChartColors } from "./theme";

/** The name of the format type under which our own formats are known to the chart. */
export const FORMAT = "holoscope";

type Columns = { x: ResultColumn | undefined; y: readonly ResultColumn[]; color: ResultColumn | undefined };
type Encoding = Record<string, unknown>;
type Layer = { mark: Record<string, unknown>; encoding: Encoding };

const SERIES = 6;

/** The Vega-Lite specification of a choice over rows that were made for it. */
export function specOf(choice: Choice, columns: Columns, marks: Mark[], colors: ChartColors): TopLevelSpec {
  const layers = layersOf(choice, columns, marks);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    data: { values: marks },
    width: "container",
    height: "container",
    autosize: { type: "fit", contains: "padding" },
    config: chartConfig(colors),
    ...(layers.length === 1 ? layers[0] : { layer: layers }),
  } as unknown as TopLevelSpec;
}

function layersOf(choice: Choice, columns: Columns, marks: Mark[]): Layer[] {
  switch (choice.kind) {
    case "pie":
      return pie(choice, columns);
    case "heatmap":
      return heatmap(choice, columns, marks);
    case "scatter":
      return scatter(columns);
    default:
      return cartesian(choice, columns, marks);
  }
}

function cartesian(choice: Choice, columns: Columns, marks: Mark[]): Layer[] {
  const isBar = choice.kind === "bar";
  const hasSeries = columns.color !== undefined || columns.y.length > 1;
  const isStacked = hasSeries && choice.stack !== "side";
  const stack = !isStacked ? null : choice.stack === "share" ? "normalize" : "zero";
  const x = along(columns.x, marks, isBar);
  const y: Encoding = { ...measured(columns, choice.stack === "share" && isStacked), stack: choice.kind === "line" ? null : stack };
  const flat = isBar && choice.isFlat;
  const encoding: Encoding = flat ? { y: x, x: y } : { x, y };
  encoding.tooltip = tooltip(columns);
  if (hasSeries) {
    encoding.color = { field: "c", type: "nominal", sort: null, title: columns.color?.label ?? null };
    if (isBar && !isStacked) encoding[flat ? "yOffset" : "xOffset"] = { field: "c", type: "nominal", sort: null };
  }
  const shape = { bar: { cornerRadiusEnd: 2 }, area: { line: true, fillOpacity: isStacked ? 0.75 : 0.3 }, line: { point: marks.length <= 60 } };
  const mark = { type: choice.kind, ...shape[choice.kind as "bar" | "area" | "line"] };
  const main = { mark, encoding };
  if (!choice.labels || (hasSeries && !isStacked && isBar)) return [main];
  const label = isBar ? { dx: flat ? 4 : 0, dy: flat ? 0 : -6, align: flat ? "left" : "center" } : { dy: -9 };
  const { tooltip: _tooltip, color: _color, ...places } = encoding;
  return [main, { mark: { type: "text", fontSize: 10, ...label }, encoding: { ...places, text: { field: "yt" } } }];
}

function heatmap(choice: Choice, columns: Columns, marks: Mark[]): Layer[] {
  const y = { field: "c", type: "nominal", sort: null, title: columns.color?.label ?? null };
  const shade = { field: "y", type: "quantitative", title: columns.y[0]?.label, legend: formatted(columns.y[0]) };
  const encoding = { x: along(columns.x, marks, true), y, color: shade, tooltip: tooltip(columns) };
  const main = { mark: { type: "rect" }, encoding };
  if (!choice.labels) return [main];
  return [main, { mark: { type: "text", fontSize: 10 }, encoding: { x: encoding.x, y, text: { field: "yt" } } }];
}

function scatter(columns: Columns): Layer[] {
  const isNumber = columns.x?.kind === "number";
  const x = isNumber
    ? { field: "x", type: "quantitative", title: columns.x?.label, axis: formatted(columns.x), scale: { zero: false } }
    : along(columns.x, [], false);
  const y = { ...measured(columns, false), scale: { zero: false } };
  const color = columns.color || columns.y.length > 1 ? { color: { field: "c", type: "nominal", sort: null, title: columns.color?.label ?? null } } : {};
  return [{ mark: { type: "point", filled: true, opacity: 0.75, size: 45 }, encoding: { x, y, ...color, tooltip: tooltip(columns) } }];
}

function pie(choice: Choice, columns: Columns): Layer[] {
  const theta = { field: "y", type: "quantitative", stack: true };
  const color = { field: "xt", type: "nominal", sort: null, title: columns.x?.label ?? null };
  const order = { field: "y", type: "quantitative", sort: "descending" };
  const main = { mark: { type: "arc", innerRadius: { expr: "min(width, height) / 5" } }, encoding: { theta, color, order, tooltip: tooltip(columns) } };
  if (!choice.labels) return [main];
  const text = { mark: { type: "text", radius: { expr: "min(width, height) / 2.6" }, fontSize: 11 }, encoding: { theta, order, text: { field: "yt" } } };
  return [main, text];
}

/** The axis along which categories or time run. Bars of time stand at their own words, in the order of time. */
function along(column: ResultColumn | undefined, marks: Mark[], isBanded: boolean): Encoding {
  const title = column?.label ?? null;
  if (column?.kind === "time" && !isBanded) {
    return { field: "x", type: "temporal", title, scale: { type: "utc" }, axis: { grid: false } };
  }
  if (column?.kind === "number" && !isBanded) {
    return { field: "x", type: "quantitative", title, axis: formatted(column), scale: { zero: false } };
  }
  const sort = column?.kind === "time" ? wordsInTime(marks) : null;
  return { field: "xt", type: "nominal", sort, title, axis: { labelAngle: marks.length > SERIES * 2 ? -40 : 0 } };
}

function wordsInTime(marks: Mark[]): string[] {
  const seen = new Map(marks.map((each) => [each.xt, Number(each.x)]));
  return [...seen].sort((a, b) => a[1] - b[1]).map(([word]) => word);
}

function measured(columns: Columns, isShare: boolean): Encoding {
  const [first, second] = columns.y;
  const title = isShare ? null : second ? null : first?.label;
  return { field: "y", type: "quantitative", title, axis: isShare ? { format: "%" } : formatted(first) };
}

/** Numbers on axes and legends are written as the server writes them. */
function formatted(column: ResultColumn | undefined): Encoding {
  return column?.format ? { formatType: FORMAT, format: column.format } : {};
}

function tooltip(columns: Columns): Encoding[] {
  const lines = [{ field: "xt", title: columns.x?.label ?? "" }];
  if (columns.color) lines.push({ field: "c", title: columns.color.label });
  if (columns.y.length > 1) lines.push({ field: "s", title: " " });
  lines.push({ field: "yt", title: columns.y.length > 1 ? "  " : (columns.y[0]?.label ?? "") });
  return lines.map((each) => ({ ...each, type: "nominal" }));
}
