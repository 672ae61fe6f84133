import type { Result, ResultColumn } from "../types";
import type { Choice } from "./choice";

/** How many marks are drawn; a chart of more says nothing and takes seconds. */
export const MOST_ROWS = { bar: 2_000, line: 20_000, area: 20_000, scatter: 20_000, heatmap: 10_000, pie: 120, value: 1, table: 500 };

/** A row to draw. Keys are ours, so that no name of a field means anything to the chart's grammar. */
export type Mark = { x: unknown; xt: string; y: number | null; yt: string; c: string; s: string };

/** The columns that a choice names, as far as the result has them. */
export function columnsOf(choice: Choice, result: Result) {
  const find = (name: string): ResultColumn | undefined => (name ? result.column(name) : undefined);
  return {
    x: find(choice.x),
    y: choice.y.map(find).filter((each): each is ResultColumn => each !== undefined),
    color: find(choice.color),
  };
}

/**
 * Rows to draw, one for each measure of each row of data, in the order of the result. Without a column for
 * colour several measures are told apart by `c`. Empty text stands for no value, said as `none`.
 */
export function marksOf(choice: Choice, result: Result, none: string): { marks: Mark[]; left: number } {
  const { x, y, color } = columnsOf(choice, result);
  const rows = result.dataRows();
  const drawn = rows.slice(0, MOST_ROWS[choice.kind]);
  const marks: Mark[] = [];
  const word = (column: ResultColumn, row: number) => (column.value(row) === null ? none : column.text(row));
  for (const row of drawn) {
    const xt = x ? word(x, row) : "";
    for (const column of y) {
      const value = column.value(row);
      marks.push({
        x: x && (x.kind === "time" || x.kind === "number") ? x.value(row) : xt,
        xt,
        y: typeof value === "number" ? value : null,
        yt: value === null ? none : column.text(row),
        c: color ? word(color, row) : column.label,
        s: column.label,
      });
    }
  }
  return { marks, left: rows.length - drawn.length };
}
