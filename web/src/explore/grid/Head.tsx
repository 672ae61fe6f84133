import type { KeyboardEvent, PointerEvent } from "react";

import { text } from "~/text";
import type { SortLine } from "../types";
import { samePivot } from "../query/state";
import styles from "./Grid.module.css";
import type { GridColumn, GridModel } from "./model";

type Props = {
  model: GridModel;
  lefts: readonly number[];
  widths: readonly number[];
  margin: number;
  from: number;
  to: number;
  sorts: readonly SortLine[];
  onSort: (sort: Omit<SortLine, "descending">, isMeasure: boolean, keep: boolean) => void;
  onWidth: (column: number, width: number) => void;
};

/** The labels above the columns, which sort; above them, for a pivoted result, its values. */
export function Head({ model, lefts, widths, margin, from, to, sorts, onSort, onWidth }: Props) {
  const labels = new Map<string, number>();
  for (const { column, above } of model.columns) {
    const key = [...above, column.label].join("\n");
    labels.set(key, (labels.get(key) ?? 0) + 1);
  }
  const columns = model.columns.slice(from, to);
  return (
    <div className={styles.head} role="presentation">
      {model.pivotLabels.map((label, level) => (
        <div key={label} className={styles.above} aria-hidden="true">
          <div className={styles.corner}>{from === 0 ? label : ""}</div>
          {columns.map((each, at) => (
            <div
              key={each.key}
              className={styles.value}
              data-same={isSame(model.columns[from + at - 1], each, level) || undefined}
              style={{ left: margin + (lefts[from + at] ?? 0), width: widths[from + at] }}
            >
              {isSame(model.columns[from + at - 1], each, level) && at > 0 ? "" : (each.above[level] ?? "") || emptyAbove(each)}
            </div>
          ))}
        </div>
      ))}
      <div role="row" aria-rowindex={1} className={styles.labels}>
        <div role="columnheader" className={styles.number}>
          <span className="visually-hidden">{text.explore.rowNumber}</span>
        </div>
        {columns.map((each, offset) => {
          const at = from + offset;
          const sort = sorts.findIndex((line) => line.field === each.column.name && samePivot(line.pivot, each.pivot));
          const line = sorts[sort];
          const isTwice = (labels.get([...each.above, each.column.label].join("\n")) ?? 0) > 1;
          return (
            <div
              key={each.key}
              role="columnheader"
              aria-colindex={at + 1}
              aria-sort={line ? (line.descending ? "descending" : "ascending") : undefined}
              className={styles.label}
              data-kind={each.column.isMeasure ? "measure" : each.column.isCalculation ? "calculation" : "dimension"}
              style={{ left: margin + (lefts[at] ?? 0), width: widths[at] }}
            >
              <button
                type="button"
                tabIndex={-1}
                className={`${styles.sort} ${each.column.kind === "number" ? styles.end : ""}`}
                title={[each.above.join(" "), each.column.label, each.column.description].filter(Boolean).join("\n")}
                onClick={(event) =>
                  onSort({ field: each.column.name, ...(each.pivot ? { pivot: each.pivot } : {}) }, each.column.isMeasure, event.shiftKey)
                }
              >
                <span className={styles.name}>
                  {isTwice ? `${each.column.viewLabel} ` : ""}
                  {each.column.label}
                  <span className="visually-hidden"> {each.above.join(" ")}</span>
                </span>
                {line ? (
                  <span className={styles.arrow} aria-hidden="true">
                    {line.descending ? "↓" : "↑"}
                    {sorts.length > 1 ? sort + 1 : ""}
                  </span>
                ) : null}
              </button>
              <Handle label={each.column.label} width={widths[at] ?? 0} onWidth={(width) => onWidth(at, width)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function emptyAbove(each: GridColumn): string {
  return each.above.length > 0 && !each.isRowTotal && (each.column.isMeasure || each.column.isCalculation)
    ? text.explore.noValue
    : "";
}

function isSame(before: GridColumn | undefined, each: GridColumn, level: number): boolean {
  if (!before || !(each.column.isMeasure || each.column.isCalculation)) return false;
  if (!(before.column.isMeasure || before.column.isCalculation)) return false;
  if (before.isRowTotal !== each.isRowTotal) return false;
  return each.above.slice(0, level + 1).every((value, at) => value === before.above[at]);
}

/** The edge of a column: dragged by a pointer, or moved by arrows. */
function Handle({ label, width, onWidth }: { label: string; width: number; onWidth: (width: number) => void }) {
  function onDown(event: PointerEvent<HTMLDivElement>) {
    event.preventDefault();
    event.stopPropagation();
    const node = event.currentTarget;
    const start = event.clientX - width;
    const move = (now: globalThis.PointerEvent) => onWidth(now.clientX - start);
    node.setPointerCapture(event.pointerId);
    node.addEventListener("pointermove", move);
    node.addEventListener("lostpointercapture", () => node.removeEventListener("pointermove", move), { once: true });
  }
  function onKey(event: KeyboardEvent) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    onWidth(width + (event.key === "ArrowRight" ? 16 : -16));
    event.preventDefault();
  }
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={text.explore.widthOf(label)}
      aria-valuenow={width}
      aria-valuemin={48}
      aria-valuemax={900}
      tabIndex={0}
      className={styles.handle}
      onPointerDown={onDown}
      onKeyDown={onKey}
    />
  );
}
