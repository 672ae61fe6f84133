import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes } from "react";

import styles from "./Field.module.css";

type Common = { label: string; hint?: ReactNode; error?: string | undefined; hideLabel?: boolean | undefined };

type InputProps = InputHTMLAttributes<HTMLInputElement> & Common & { ref?: Ref<HTMLInputElement> };

/** A labelled input; its hint and its error are read out with it. */
export function Field({ label, hint, error, hideLabel, ...rest }: InputProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error} hideLabel={hideLabel}>
      <input id={id} className={styles.control} {...said(id, hint, error)} {...rest} />
    </Frame>
  );
}

type SelectProps = SelectHTMLAttributes<HTMLSelectElement> & Common;

/** A labelled choice; options are its children. */
export function Select({ label, hint, error, hideLabel, children, ...rest }: SelectProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error} hideLabel={hideLabel}>
      <select id={id} className={styles.control} {...said(id, hint, error)} {...rest}>
        {children}
      </select>
    </Frame>
  );
}

function Frame({ id, label, hint, error, hideLabel = false, children }: Common & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
        {label}
      </label>
      {children}
      {hint || error ? (
        <div id={`${id}-more`} className={error ? styles.error : styles.hint}>
          {error ?? hint}
        </div>
      ) : null}
    </div>
  );
}

function said(id: string, hint: ReactNode, error: string | undefined) {
  return {
    "aria-invalid": error ? true : undefined,
    "aria-describedby": hint || error ? `${id}-more` : undefined,
  };
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
