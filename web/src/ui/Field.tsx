import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes } from "react";

import styles from "./Field.module.css";

type Common = { label: string; hint?: ReactNode; error?: string | undefined; hideLabel?: boolean };

type InputProps = InputHTMLAttributes<HTMLInputElement> & Common & { ref?: Ref<HTMLInputElement> };

/** A labelled input; its hint and its error are read out with it. */
export function Field({ label, hint, error, hideLabel = false, ...rest }: InputProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
        {label}
      </label>
      <input
        id={id}
        className={styles.control}
        aria-invalid={error ? true : undefined}
        aria-describedby={hint || error ? `${id}-more` : undefined}
        {...rest}
      />
      {hint || error ? (
        <div id={`${id}-more`} className={error ? styles.error : styles.hint}>
          {error ?? hint}
        </div>
      ) : null}
    </div>
  );
}

type SelectProps = SelectHTMLAttributes<HTMLSelectElement> & Common;

/** A labelled choice; options are its children. */
export function Select({ label, hint, error, hideLabel = false, children, ...rest }: SelectProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
        {label}
      </label>
      <select
        id={id}
        className={styles.control}
        aria-describedby={hint || error ? `${id}-more` : undefined}
        {...rest}
      >
        {children}
      </select>
      {hint || error ? (
        <div id={`${id}-more`} className={error ? styles.error : styles.hint}>
          {error ?? hint}
        </div>
      ) : null}
    </div>
  );
}

type CheckProps = InputHTMLAttributes<HTMLInputElement> & { label: ReactNode };

/** A labelled check box. */
export function Check({ label, ...rest }: CheckProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}
