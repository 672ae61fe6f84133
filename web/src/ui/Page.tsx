import { useEffect, type ReactNode } from "react";

import styles from "./Page.module.css";

type Props = { title: string; actions?: ReactNode; intro?: ReactNode; above?: ReactNode; children: ReactNode };

/** A page of text, forms and tables: its title, what can be done, its content; `above` leads back. */
export function Page({ title, actions, intro, above, children }: Props) {
  useTitle(title);
  return (
    <div className={styles.page}>
      {above ? <div className={styles.above}>{above}</div> : null}
      <div className={styles.head}>
        <h1>{title}</h1>
        {actions ? <div className={styles.actions}>{actions}</div> : null}
      </div>
      {intro ? <p className={styles.intro}>{intro}</p> : null}
      {children}
    </div>
  );
}

/** Names the page in the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Holoscope`;
  }, [title]);
}
