import { useState } from "react";

import { text } from "~/text";
import type { FieldInfo } from "../types";
import styles from "./FieldPicker.module.css";
import type { PickerRow } from "./search";

type Props = {
  row: PickerRow;
  used: ReadonlySet<string>;
  filtered: ReadonlySet<string>;
  onToggle: (info: FieldInfo) => void;
  onFilter: (info: FieldInfo) => void;
  onView: (name: string) => void;
  onFrames: (name: string) => void;
};

const SIGNS: Record<FieldInfo["kind"], string> = { string: "Aa", number: "#", time: "◷", boolean: "✓", other: "…" };

export function FieldRow({ row, used, filtered, onToggle, onFilter, onView, onFrames }: Props) {
  if (row.at === "group") return <div className={styles.group}>{row.label}</div>;
  if (row.at === "view") {
    return (
      <button type="button" className={styles.view} aria-expanded={row.isOpen} title={row.view.description} onClick={() => onView(row.view.name)}>
        <span className={styles.turn} aria-hidden="true" />
        <span className={styles.name}>{row.view.label}</span>
        <span className={styles.count}>{row.count}</span>
      </button>
    );
  }
  const { info, group } = row;
  const hasFrames = row.isOpen !== undefined;
  const isUsed = used.has(info.name);
  const label = row.isFrame ? info.label.replace(`${group.info.label} `, "") : info.label;
  const inside = hasFrames && group.frames.some((frame) => used.has(frame.name));
  return (
    <div className={styles.field} data-used={isUsed || inside || undefined} data-frame={row.isFrame || undefined}>
      <button
        type="button"
        className={styles.add}
        data-kind={info.isMeasure ? "measure" : "dimension"}
        aria-pressed={hasFrames ? undefined : isUsed}
        aria-expanded={hasFrames ? row.isOpen : undefined}
        onClick={() => (hasFrames ? onFrames(info.name) : onToggle(info))}
      >
        <span className={styles.sign} aria-hidden="true">
          {info.isMeasure ? "Σ" : hasFrames ? <span className={styles.turn} /> : SIGNS[info.kind]}
        </span>
        <span className={styles.name}>{label}</span>
        <span className="visually-hidden">{info.isMeasure ? text.explore.measure : text.explore.dimension}</span>
      </button>
      {info.description ? <About info={info} /> : null}
      <button
        type="button"
        className={styles.filter}
        data-on={filtered.has(info.name) || undefined}
        aria-label={text.explore.filterBy(info.label)}
        title={text.explore.filterBy(info.label)}
        onClick={() => onFilter(info)}
      >
        <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
          <path d="M1 2h10L7.2 6.6V10L4.8 11V6.6z" fill="currentColor" />
        </svg>
      </button>
    </div>
  );
}

/** What a field means, while its mark is pointed at or has the focus. */
function About({ info }: { info: FieldInfo }) {
  const [place, setPlace] = useState<{ top: number; left: number }>();
  const id = `about-${info.name}`;
  const show = (node: HTMLElement) => {
    const box = node.getBoundingClientRect();
    setPlace({ top: box.bottom + 4, left: box.left - 120 });
  };
  return (
    <>
      <button
        type="button"
        className={styles.about}
        aria-label={text.explore.about(info.label)}
        aria-describedby={place ? id : undefined}
        onPointerEnter={(event) => show(event.currentTarget)}
        onPointerLeave={() => setPlace(undefined)}
        onFocus={(event) => show(event.currentTarget)}
        onBlur={() => setPlace(undefined)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setPlace(undefined);
        }}
      >
        i
      </button>
      {place ? (
        <div id={id} role="tooltip" popover="manual" ref={(node) => node?.showPopover()} className={styles.tip} style={place}>
          <strong>{info.label}</strong>
          <span>{info.description}</span>
          <code>{info.name}</code>
        </div>
      ) : null}
    </>
  );
}
