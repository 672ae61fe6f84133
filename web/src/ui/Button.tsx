import type { ButtonHTMLAttributes, Ref } from "react";

import styles from "./Button.module.css";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: "plain" | "primary" | "danger" | "quiet";
  size?: "normal" | "small";
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
};

/** A button; a busy one keeps its words, is not pressed twice, and says so. */
export function Button({ kind = "plain", size = "normal", busy = false, className, ...rest }: Props) {
  const names = [styles.button, styles[kind], styles[size], className].filter(Boolean).join(" ");
  return (
    <button
      type="button"
      {...rest}
      className={names}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
    />
  );
}
