import { useId, type ReactNode, type TextareaHTMLAttributes } from "react";

import styles from "./Field.module.css";

type Props = TextareaHTMLAttributes<HTMLTextAreaElement> & { label: string; hint?: ReactNode };

/** A labelled field of several lines. */
export function Area({ label, hint, ...rest }: Props) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <textarea
        id={id}
        className={`${styles.control} ${styles.area}`}
        rows={3}
        aria-describedby={hint ? `${id}-more` : undefined}
        {...rest}
      />
      {hint ? (
        <div id={`${id}-more`} className={styles.hint}>
          {hint}
        </div>
      ) : null}
    </div>
  );
}
