/** A result as the grid shows it: pivoted results are widened, every cell is found by its row and column. */
import type { Result, ResultColumn, RowClass } from "../types";

export type GridColumn = {
  key: string;
  column: ResultColumn;
  /** The values of the pivots above the column's label; none for a column outside the pivot. */
  above: readonly string[];
  isRowTotal: boolean;
  /** By pivot: the value a sort of this column names; undefined where values cannot name it. */
  pivot: Record<string, string> | undefined;
};

export type GridModel = {
  columns: readonly GridColumn[];
  rows: number;
  /** How many lines of pivot values stand above the labels, and whose they are. */
  pivotLabels: readonly string[];
  rowClass(row: number): RowClass;
  text(row: number, column: number): string;
  isNull(row: number, column: number): boolean;
};

const TOTAL = "Total";

export function gridOf(result: Result): GridModel {
  return result.pivots.length > 0 ? wide(result) : long(result);
}

function long(result: Result): GridModel {
  const columns = result.columns.map((column) => ({
    key: column.name,
    column,
    above: [],
    isRowTotal: false,
    pivot: undefined,
  }));
  return {
    columns,
    rows: result.length,
    pivotLabels: [],
    rowClass: result.rowClass,
    text: (row, at) => columns[at]?.column.text(row) ?? "",
    isNull: (row, at) => columns[at]?.column.value(row) === null,
  };
}

function wide(result: Result): GridModel {
  const [rowNumbers, rowAt] = numbered(result, result.pivotRow);
  const [columnNumbers, columnAt] = numbered(result, result.pivotColumn);
  const across = columnNumbers.length;
  const cells = new Int32Array(rowNumbers.length * across).fill(-1);
  const first = new Int32Array(rowNumbers.length).fill(-1);
  const head = new Int32Array(across).fill(-1);
  for (let row = 0; row < result.length; row += 1) {
    const y = rowAt.get(result.pivotRow(row)) ?? 0;
    const x = columnAt.get(result.pivotColumn(row)) ?? 0;
    cells[y * across + x] = row;
    if (first[y] === -1) first[y] = row;
    if (head[x] === -1) head[x] = row;
  }
  const pivots = result.columns.filter((column) => column.isPivot);
  const keys = result.columns.filter((column) => !column.isPivot && !column.isMeasure && !column.isCalculation);
  const inside = result.columns.filter((column) => column.isMeasure || column.isCalculation);
  const columns: GridColumn[] = keys.map((column) => ({
    key: column.name,
    column,
    above: pivots.map(() => ""),
    isRowTotal: false,
    pivot: undefined,
  }));
  for (let x = 0; x < across; x += 1) {
    const row = head[x] as number;
    const isRowTotal = result.isRowTotal(row);
    const above = pivots.map((each, at) => (isRowTotal ? (at === 0 ? TOTAL : "") : each.text(row)));
    const isNamed = !isRowTotal && pivots.every((each) => each.value(row) !== null);
    const pivot = isNamed ? Object.fromEntries(pivots.map((each, at) => [each.name, above[at] ?? ""])) : undefined;
    for (const column of inside) columns.push({ key: `${column.name} ${x}`, column, above, isRowTotal, pivot });
  }
  const rowOf = (y: number, at: number): number => {
    if (at < keys.length) return first[y] ?? -1;
    return cells[y * across + Math.floor((at - keys.length) / inside.length)] ?? -1;
  };
  return {
    columns,
    rows: rowNumbers.length,
    pivotLabels: pivots.map((each) => each.label),
    rowClass: (y) => result.rowClass(first[y] ?? 0),
    text: (y, at) => {
      const row = rowOf(y, at);
      return row < 0 ? "" : (columns[at]?.column.text(row) ?? "");
    },
    isNull: (y, at) => {
      const row = rowOf(y, at);
      return row < 0 || columns[at]?.column.value(row) === null;
    },
  };
}

/** Numbers without gaps, in order: beyond the limit of columns some are left out. */
function numbered(result: Result, of: (row: number) => number): [number[], Map<number, number>] {
  const found = new Set<number>();
  for (let row = 0; row < result.length; row += 1) found.add(of(row));
  const sorted = [...found].sort((one, other) => one - other);
  return [sorted, new Map(sorted.map((number, at) => [number, at]))];
}

/** Widths that fit labels and the first rows, in pixels. */
export function widthsOf(model: GridModel): number[] {
  const looked = Math.min(model.rows, 100);
  return model.columns.map((each, at) => {
    let longest = Math.max(each.column.label.length + 3, ...each.above.map((value) => value.length));
    for (let row = 0; row < looked; row += 1) longest = Math.max(longest, model.text(row, at).length);
    return Math.min(360, Math.max(72, Math.round(longest * 7.4 + 28)));
  });
}

export type Area = { top: number; left: number; bottom: number; right: number };

/** Some cells as text that spreadsheets take: tabs between columns, labels first when a whole column is taken. */
export function copied(model: GridModel, area: Area): string {
  const lines: string[] = [];
  const across = model.columns.slice(area.left, area.right + 1);
  if (area.top === 0 && area.bottom >= model.rows - 1) {
    lines.push(across.map((each) => clean([...each.above, each.column.label].filter(Boolean).join(" "))).join("\t"));
  }
  for (let row = area.top; row <= Math.min(area.bottom, model.rows - 1); row += 1) {
    lines.push(across.map((_, at) => clean(model.text(row, area.left + at))).join("\t"));
  }
  return lines.join("\n");
}

/** A tab or a line's end within a cell would part it in two. */
const clean = (text: string): string => text.replace(/[\t\r\n]+/g, " ");
