import type { ReactNode } from "react";

import styles from "./Notice.module.css";

type Props = { tone?: "info" | "good" | "warn" | "bad"; children: ReactNode };

/** A sentence that matters now; what went wrong is read out at once. */
export function Notice({ tone = "info", children }: Props) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={tone === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}
