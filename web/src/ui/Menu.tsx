import { createContext, useContext, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

import styles from "./Menu.module.css";

const Close = createContext<() => void>(() => undefined);

type MenuProps = { label: ReactNode; name?: string; align?: "start" | "end"; quiet?: boolean; children: ReactNode };

/** A button with a menu: arrows move, Escape and a click elsewhere close (WAI-ARIA menu button). */
export function Menu({ label, name, align = "start", quiet = true, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    const elsewhere = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, [open]);
  function close() {
    setOpen(false);
    button.current?.focus();
  }
  function onKey(event: KeyboardEvent) {
    const items = [...(root.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const go = (index: number) => {
      items[(index + items.length) % items.length]?.focus();
      event.preventDefault();
    };
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(items.length - 1);
    else if (event.key === "Tab") setOpen(false);
  }
  return (
    <div ref={root} className={styles.root} onKeyDown={open ? onKey : undefined}>
      <button
        ref={button}
        type="button"
        className={quiet ? styles.quiet : styles.trigger}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={name}
        onClick={() => setOpen(!open)}
      >
        {label}
        <span aria-hidden="true" className={styles.caret} />
      </button>
      {open ? (
        <div id={id} role="menu" className={`${styles.menu} ${align === "end" ? styles.end : ""}`}>
          <Close.Provider value={close}>{children}</Close.Provider>
        </div>
      ) : null}
    </div>
  );
}

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className={styles.group}>
      <div id={id} className={styles.heading}>
        {label}
      </div>
      {children}
    </div>
  );
}

type ItemProps = { onSelect: () => void; checked?: boolean; disabled?: boolean; danger?: boolean; children: ReactNode };

export function MenuItem({ onSelect, checked, disabled = false, danger = false, children }: ItemProps) {
  const close = useContext(Close);
  return (
    <button
      type="button"
      role={checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={checked}
      tabIndex={-1}
      disabled={disabled}
      className={`${styles.item} ${danger ? styles.danger : ""}`}
      onClick={() => {
        close();
        onSelect();
      }}
    >
      <span className={styles.mark} aria-hidden="true">
        {checked ? "✓" : ""}
      </span>
      {children}
    </button>
  );
}
