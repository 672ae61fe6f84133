import { memo, useEffect, useMemo, useRef, useState, type ClipboardEvent, type KeyboardEvent, type PointerEvent } from "react";

import { text } from "~/text";
import type { Result, SortLine } from "../types";
import { Head } from "./Head";
import styles from "./Grid.module.css";
import { type Area, type GridModel, copied, gridOf, widthsOf } from "./model";
import { type Place, areaOf, moved } from "./selection";

const ROW = 28;
const SPARE = 12;
const SPARE_COLUMNS = 2;
const MARGIN = 56;

type Props = {
  result: Result;
  sorts: readonly SortLine[];
  onSort: (sort: Omit<SortLine, "descending">, isMeasure: boolean, keep: boolean) => void;
};

/** Results of any length: only the rows and columns in sight are in the document. */
export function Grid({ result, sorts, onSort }: Props) {
  const model = useMemo(() => gridOf(result), [result]);
  const [widths, setWidths] = useState<number[]>(() => widthsOf(model));
  const [shape, setShape] = useState(model);
  if (shape !== model) {
    setShape(model);
    if (shape.columns.map((each) => each.key).join("\n") !== model.columns.map((each) => each.key).join("\n")) {
      setWidths(widthsOf(model));
    }
  }
  const scroller = useRef<HTMLDivElement>(null);
  const view = useView(scroller, model.rows, widths);
  const [anchor, setAnchor] = useState<Place>();
  const [place, setPlace] = useState<Place>();
  const area = anchor && place ? areaOf(anchor, place) : undefined;
  const headHeight = 32 + 24 * model.pivotLabels.length;
  const lefts = useMemo(() => edgesOf(widths), [widths]);

  function go(to: Place, extend: boolean) {
    setPlace(to);
    if (!extend) setAnchor(to);
    reveal(scroller.current, to, lefts, widths, headHeight);
  }
  function onKey(event: KeyboardEvent<HTMLDivElement>) {
    if (event.target !== event.currentTarget) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      setAnchor({ row: 0, column: 0 });
      setPlace({ row: model.rows - 1, column: model.columns.length - 1 });
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor((event.currentTarget.clientHeight - headHeight) / ROW) - 1);
    const to = moved(event, place, { rows: model.rows, columns: model.columns.length, page });
    if (!to) return;
    event.preventDefault();
    go(to, event.shiftKey);
  }
  function onDown(event: PointerEvent<HTMLDivElement>) {
    const at = placeAt(event.target);
    if (!at || event.button !== 0) return;
    setPlace(at);
    if (!event.shiftKey || !anchor) setAnchor(at);
    scroller.current?.focus({ preventScroll: true });
    event.preventDefault();
  }
  function onOver(event: PointerEvent<HTMLDivElement>) {
    const at = event.buttons === 1 ? placeAt(event.target) : undefined;
    if (at && anchor) setPlace(at);
  }
  function onCopy(event: ClipboardEvent) {
    if (!area) return;
    event.clipboardData.setData("text/plain", copied(model, area));
    event.preventDefault();
  }
  const rows: number[] = [];
  for (let row = view.top; row < view.bottom; row += 1) rows.push(row);
  const total = (lefts.at(-1) ?? 0) + MARGIN;
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="grid"
      tabIndex={0}
      aria-label={text.explore.results}
      aria-rowcount={model.rows + 1}
      aria-colcount={model.columns.length}
      aria-multiselectable
      aria-activedescendant={place ? `cell-${place.row}-${place.column}` : undefined}
      onKeyDown={onKey}
      onPointerDown={onDown}
      onPointerOver={onOver}
      onCopy={onCopy}
    >
      <div role="presentation" style={{ width: total, height: headHeight + model.rows * ROW, position: "relative" }}>
        <Head
          model={model}
          lefts={lefts}
          widths={widths}
          margin={MARGIN}
          from={view.left}
          to={view.right}
          sorts={sorts}
          onSort={onSort}
          onWidth={(at, width) => setWidths((now) => now.with(at, Math.min(900, Math.max(48, width))))}
        />
        {rows.map((row) => (
          <Row
            key={row}
            model={model}
            row={row}
            top={headHeight + row * ROW}
            from={view.left}
            to={view.right}
            lefts={lefts}
            widths={widths}
            area={area && row >= area.top && row <= area.bottom ? area : undefined}
            active={place?.row === row ? place.column : undefined}
          />
        ))}
      </div>
    </div>
  );
}

type RowProps = {
  model: GridModel;
  row: number;
  top: number;
  from: number;
  to: number;
  lefts: readonly number[];
  widths: readonly number[];
  area: Area | undefined;
  active: number | undefined;
};

const Row = memo(function Row({ model, row, top, from, to, lefts, widths, area, active }: RowProps) {
  const kind = model.rowClass(row);
  const cells = [];
  for (let at = from; at < to; at += 1) {
    const column = model.columns[at];
    if (!column) break;
    const isEmpty = model.isNull(row, at);
    const isEnd = column.column.kind === "number";
    cells.push(
      <div
        key={at}
        id={`cell-${row}-${at}`}
        role="gridcell"
        aria-colindex={at + 1}
        aria-selected={Boolean(area && at >= area.left && at <= area.right)}
        data-row={row}
        data-column={at}
        data-active={active === at || undefined}
        className={`${styles.cell} ${isEnd ? styles.end : ""} ${column.isRowTotal ? styles.strong : ""}`}
        style={{ left: MARGIN + (lefts[at] ?? 0), width: widths[at] }}
      >
        {isEmpty ? (
          kind === "data" && !column.column.isMeasure && !column.above.length ? (
            <span className={styles.none}>{text.explore.noValue}</span>
          ) : null
        ) : (
          model.text(row, at)
        )}
      </div>,
    );
  }
  return (
    <div role="row" aria-rowindex={row + 2} className={styles.row} data-kind={kind} style={{ transform: `translateY(${top}px)` }}>
      <div role="rowheader" className={styles.number}>
        {kind === "data" ? row + 1 : text.explore.rowKinds[kind]}
      </div>
      {cells}
    </div>
  );
});

type View = { top: number; bottom: number; left: number; right: number };

/** Which rows and columns are in sight, in steps of a few, so that most scrolling draws nothing new. */
function useView(scroller: React.RefObject<HTMLDivElement | null>, rows: number, widths: readonly number[]): View {
  const [view, setView] = useState<View>({ top: 0, bottom: Math.min(rows, 40), left: 0, right: Math.min(widths.length, 20) });
  useEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const look = () => {
      const top = Math.max(0, Math.floor(node.scrollTop / ROW / 4) * 4 - SPARE);
      const bottom = Math.min(rows, top + Math.ceil(node.clientHeight / ROW) + 4 + 2 * SPARE);
      const lefts = edgesOf(widths);
      const left = Math.max(0, lefts.findIndex((edge) => edge > node.scrollLeft) - 1 - SPARE_COLUMNS);
      let right = left;
      while (right < widths.length && (lefts[right] ?? 0) < node.scrollLeft + node.clientWidth) right += 1;
      const next = { top, bottom, left, right: Math.min(widths.length, right + SPARE_COLUMNS) };
      setView((now) =>
        now.top === next.top && now.bottom === next.bottom && now.left === next.left && now.right === next.right ? now : next,
      );
    };
    look();
    node.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(node);
    return () => {
      node.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [scroller, rows, widths]);
  return view;
}

/** Where each column begins, and where the last ends. */
function edgesOf(widths: readonly number[]): number[] {
  const edges = [0];
  for (const width of widths) edges.push((edges.at(-1) ?? 0) + width);
  return edges;
}

function placeAt(target: EventTarget): Place | undefined {
  const cell = (target as HTMLElement).closest<HTMLElement>("[data-column]");
  return cell ? { row: Number(cell.dataset.row), column: Number(cell.dataset.column) } : undefined;
}

function reveal(node: HTMLElement | null, to: Place, lefts: readonly number[], widths: readonly number[], head: number) {
  if (!node) return;
  const top = to.row * ROW;
  if (top < node.scrollTop) node.scrollTop = top;
  else if (top + ROW + head > node.scrollTop + node.clientHeight) node.scrollTop = top + ROW + head - node.clientHeight;
  const left = lefts[to.column] ?? 0;
  const width = (widths[to.column] ?? 0) + MARGIN;
  if (left < node.scrollLeft) node.scrollLeft = left;
  else if (left + width > node.scrollLeft + node.clientWidth) node.scrollLeft = left + width - node.clientWidth;
}
