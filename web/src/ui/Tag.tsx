import type { ReactNode } from "react";

import styles from "./Tag.module.css";

type Props = { tone?: "plain" | "good" | "warn" | "bad"; children: ReactNode };

/** A word about the state of something. */
export function Tag({ tone = "plain", children }: Props) {
  return <span className={`${styles.tag} ${styles[tone]}`}>{children}</span>;
}
