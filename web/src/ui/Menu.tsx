import { createContext, useContext, useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

import styles from "./Menu.module.css";

const Close = createContext<() => void>(() => undefined);

type MenuProps = { label: ReactNode; name?: string; align?: "start" | "end"; quiet?: boolean; children: ReactNode };

/** A button with a menu: arrows move, Escape and a click elsewhere close (WAI-ARIA menu button). */
export function Menu({ label, name, align = "start", quiet = true, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    if (open && list.current && button.current) place(list.current, button.current, align);
  }, [open, align]);
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    const elsewhere = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const moved = (event: Event) => {
      if (!list.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    document.addEventListener("scroll", moved, { capture: true, passive: true });
    window.addEventListener("resize", moved);
    return () => {
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("scroll", moved, { capture: true });
      window.removeEventListener("resize", moved);
    };
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
        <div ref={list} id={id} role="menu" popover="manual" className={styles.menu}>
          <Close.Provider value={close}>{children}</Close.Provider>
        </div>
      ) : null}
    </div>
  );
}

/** Shows a menu above everything else, at its button, where there is room; nothing around it cuts it off. */
function place(menu: HTMLElement, button: HTMLElement, align: "start" | "end"): void {
  if (!menu.matches(":popover-open")) menu.showPopover();
  const box = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = align === "end" ? box.right - width : box.left;
  const below = box.bottom + 4 + height <= window.innerHeight || box.top - 4 - height < 0;
  menu.style.left = `${Math.max(4, Math.min(left, window.innerWidth - width - 4))}px`;
  menu.style.top = `${below ? box.bottom + 4 : box.top - 4 - height}px`;
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
