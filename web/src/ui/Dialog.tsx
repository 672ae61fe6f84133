import { useEffect, useId, useRef, type ReactNode } from "react";

import styles from "./Dialog.module.css";

type Props = { title: string; onClose: () => void; children: ReactNode; wide?: boolean; size?: "normal" | "full" };

/** A modal dialog; the browser keeps the focus within it, Escape closes it. */
export function Dialog({ title, onClose, children, wide = false, size = "normal" }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog
      ref={ref}
      className={[styles.dialog, wide && styles.wide, size === "full" && styles.full].filter(Boolean).join(" ")}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}

Dialog.Buttons = function DialogButtons({ children }: { children: ReactNode }) {
  return <div className={styles.buttons}>{children}</div>;
};
