import { CopyButton } from "./CopyButton";
import styles from "./Secret.module.css";

type Props = { label: string; value: string; copy: string };

/** A text to take along: the whole of it is chosen at a click, and a button copies it. */
export function Secret({ label, value, copy }: Props) {
  return (
    <div className={styles.secret}>
      <div className={styles.label}>{label}</div>
      <div className={styles.row}>
        <code className={styles.value} tabIndex={0} role="textbox" aria-readonly="true" aria-label={label}>
          {value}
        </code>
        <CopyButton value={value} label={copy} />
      </div>
    </div>
  );
}
