import { useDeferredValue, useMemo, useRef, useState, type KeyboardEvent, type Ref } from "react";
import { useVirtualizer } from "@tanstack/react-virtual";

import { text } from "~/text";
import { Check } from "~/ui/Field";
import { Empty } from "~/ui/Empty";
import type { FieldInfo } from "../types";
import { FieldRow } from "./FieldRow";
import styles from "./FieldPicker.module.css";
import type { ViewFields } from "./info";
import { indexOf, rowsOf } from "./search";

type Props = {
  views: readonly ViewFields[];
  used: ReadonlySet<string>;
  filtered: ReadonlySet<string>;
  onToggle: (info: FieldInfo) => void;
  onFilter: (info: FieldInfo) => void;
  searchRef: Ref<HTMLInputElement>;
};

const ROW = 30;

/** The fields of a topic in one list by view, searched as one types; only rows in sight are in the document. */
export function FieldPicker({ views, used, filtered, onToggle, onFilter, searchRef }: Props) {
  const [typed, setTyped] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(() => new Set(views.slice(views.length > 4 ? 1 : 9).map((each) => each.name)));
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [onlyUsed, setOnlyUsed] = useState(false);
  const index = useMemo(() => indexOf(views), [views]);
  const wanted = useDeferredValue(typed);
  const only = useMemo(() => (onlyUsed ? new Set([...used, ...filtered]) : undefined), [onlyUsed, used, filtered]);
  const rows = useMemo(() => rowsOf(index, { typed: wanted, closed, open, only }), [index, wanted, closed, open, only]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (at) => rows[at]?.key ?? at,
    overscan: 12,
  });
  const found = rows.reduce((sum, row) => sum + (row.at === "view" ? row.count : 0), 0);

  function onKey(event: KeyboardEvent<HTMLDivElement>) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    const at = Number((event.target as HTMLElement).closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
    let next = at + step;
    while (rows[next]?.at === "group") next += step;
    if (!rows[next]) return;
    event.preventDefault();
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] button`)?.focus());
  }

  return (
    <section className={styles.picker} aria-label={text.explore.fields}>
      <div className={styles.search}>
        <input
          ref={searchRef}
          type="search"
          className={styles.input}
          aria-label={text.explore.searchFields}
          aria-describedby="search-hint"
          placeholder={text.explore.searchFields}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setTyped("");
            if (event.key === "ArrowDown") {
              event.preventDefault();
              scroller.current?.querySelector<HTMLElement>("[data-index] button")?.focus();
            }
          }}
        />
        <div className={styles.under}>
          <span id="search-hint" className={styles.hint}>
            {typed ? <span role="status">{text.explore.searchShows(found)}</span> : text.explore.searchHint}
          </span>
          <Check label={text.explore.inUse} checked={onlyUsed} onChange={(event) => setOnlyUsed(event.target.checked)} />
        </div>
      </div>
      {rows.length === 0 ? <Empty title={text.explore.noFields}>{text.explore.noFieldsHint}</Empty> : null}
      <div ref={scroller} className={styles.list} onKeyDown={onKey} tabIndex={-1}>
        <div role="list" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row ? (
              <div
                key={item.key}
                role="listitem"
                data-index={item.index}
                className={styles.item}
                style={{ transform: `translateY(${item.start}px)`, height: ROW }}
              >
                <FieldRow
                  row={row}
                  used={used}
                  filtered={filtered}
                  onToggle={onToggle}
                  onFilter={onFilter}
                  onView={(name) => setClosed(toggled(closed, name))}
                  onFrames={(name) => setOpen(toggled(open, name))}
                />
              </div>
            ) : null;
          })}
        </div>
      </div>
    </section>
  );
}

function toggled(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(names);
  if (!next.delete(name)) next.add(name);
  return next;
}
