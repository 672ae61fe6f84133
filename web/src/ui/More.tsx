import type { Paged } from "~/api/paged";
import { text } from "~/text";
import { Button } from "./Button";
import styles from "./More.module.css";

/** Says how much of a list shows, and shows more of it. */
export function More({ of }: { of: Paged<unknown> }) {
  return (
    <div className={styles.more}>
      <span role="status">{text.common.shown(of.rows.length, of.total)}</span>
      {of.hasMore ? (
        <Button size="small" busy={of.isReadingOn} onClick={of.readOn}>
          {text.common.more}
        </Button>
      ) : null}
    </div>
  );
}
