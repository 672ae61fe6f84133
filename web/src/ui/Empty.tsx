import type { ReactNode } from "react";

import styles from "./Empty.module.css";

type Props = { title: string; children?: ReactNode };

/** What shows where there is nothing yet: what belongs here, and how to make the first one. */
export function Empty({ title, children }: Props) {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      {children ? <div className={styles.more}>{children}</div> : null}
    </div>
  );
}
