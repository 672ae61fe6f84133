import { useRef, type KeyboardEvent, type ReactNode } from "react";

import styles from "./Tabs.module.css";

type Tab<Name extends string> = { name: Name; label: ReactNode };
type Props<Name extends string> = {
  label: string;
  tabs: readonly Tab<Name>[];
  chosen: Name;
  onChoose: (name: Name) => void;
  panelId: string;
};

/** A row of tabs: arrows move between them (WAI-ARIA tabs); the panel is the caller's. */
export function Tabs<Name extends string>({ label, tabs, chosen, onChoose, panelId }: Props<Name>) {
  const root = useRef<HTMLDivElement>(null);
  function onKey(event: KeyboardEvent) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    const at = tabs.findIndex((each) => each.name === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.name);
    root.current?.querySelector<HTMLElement>(`[data-name="${next.name}"]`)?.focus();
    event.preventDefault();
  }
  return (
    <div ref={root} role="tablist" aria-label={label} className={styles.tabs} onKeyDown={onKey}>
      {tabs.map((each) => (
        <button
          key={each.name}
          type="button"
          role="tab"
          data-name={each.name}
          aria-selected={each.name === chosen}
          aria-controls={panelId}
          tabIndex={each.name === chosen ? 0 : -1}
          className={styles.tab}
          onClick={() => onChoose(each.name)}
        >
          {each.label}
        </button>
      ))}
    </div>
  );
}
