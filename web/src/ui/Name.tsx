import styles from "./Name.module.css";

type Props = { children: string; more?: string | null | undefined };

/** A name that somebody typed, as text of its own direction; `more`, such as an e-mail address, lies below it. */
export function Name({ children, more }: Props) {
  return (
    <span className={styles.name}>
      <bdi>{children}</bdi>
      {more ? <bdi className={styles.more}>{more}</bdi> : null}
    </span>
  );
}
