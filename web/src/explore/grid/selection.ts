/** Moving about a grid by keys, and the cells between two places. */
import type { Area } from "./model";

export type Place = { row: number; column: number };
type Size = { rows: number; columns: number; page: number };
type Key = { key: string; ctrlKey: boolean; metaKey: boolean };

export function areaOf(one: Place, other: Place): Area {
  return {
    top: Math.min(one.row, other.row),
    bottom: Math.max(one.row, other.row),
    left: Math.min(one.column, other.column),
    right: Math.max(one.column, other.column),
  };
}

/** Where a key leads from a place; undefined for a key that leads nowhere. */
export function moved({ key, ctrlKey, metaKey }: Key, from: Place | undefined, size: Size): Place | undefined {
  const far = ctrlKey || metaKey;
  if (size.rows === 0 || size.columns === 0) return undefined;
  const now = from ?? { row: key === "ArrowDown" ? -1 : 0, column: key === "ArrowRight" ? -1 : 0 };
  const to = { ...now };
  if (key === "ArrowDown") to.row = far ? size.rows - 1 : now.row + 1;
  else if (key === "ArrowUp") to.row = far ? 0 : now.row - 1;
  else if (key === "ArrowRight") to.column = far ? size.columns - 1 : now.column + 1;
  else if (key === "ArrowLeft") to.column = far ? 0 : now.column - 1;
  else if (key === "PageDown") to.row = now.row + size.page;
  else if (key === "PageUp") to.row = now.row - size.page;
  else if (key === "Home") Object.assign(to, { column: 0, row: far ? 0 : now.row });
  else if (key === "End") Object.assign(to, { column: size.columns - 1, row: far ? size.rows - 1 : now.row });
  else return undefined;
  return {
    row: Math.min(size.rows - 1, Math.max(0, to.row)),
    column: Math.min(size.columns - 1, Math.max(0, to.column)),
  };
}
