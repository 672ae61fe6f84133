import { useLayoutEffect, useRef, type RefObject } from "react";

import { text } from "~/text";
import styles from "./Filters.module.css";

type Props = {
  id: string;
  anchor: RefObject<HTMLElement | null>;
  values: readonly string[];
  active: number;
  onChoose: (value: string) => void;
};

/** A list under an input, above everything else on the page. */
export function Suggestions({ id, anchor, values, active, onChoose }: Props) {
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = anchor.current?.getBoundingClientRect();
    const node = root.current;
    if (!box || !node) return;
    node.style.top = `${box.bottom + 2}px`;
    node.style.left = `${box.left}px`;
    node.style.width = `${Math.max(220, box.width)}px`;
    node.style.maxHeight = `${Math.max(120, Math.min(280, window.innerHeight - box.bottom - 12))}px`;
    if (!node.matches(":popover-open")) node.showPopover();
  });
  useLayoutEffect(() => {
    root.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div ref={root} id={id} role="listbox" popover="manual" aria-label={text.explore.suggestions} className={styles.suggestions}>
      {values.map((value, at) => (
        <div
          key={value}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === active}
          className={styles.option}
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(value);
          }}
        >
          {value}
        </div>
      ))}
    </div>
  );
}
