import { text } from "~/text";
import styles from "./Explore.module.css";
import type { Answer } from "./result/run";
import type { QueryState } from "./types";

type Props = { answer: Answer | undefined; query: QueryState; isChanged: boolean };

/** How much came, how long it took, whether it is still what is asked. */
export function Status({ answer, query, isChanged }: Props) {
  if (!answer?.result) return <div className={styles.status} role="status" />;
  const { result } = answer;
  let rows = result.length;
  if (result.pivots.length > 0) rows = new Set(result.dataRows().map(result.pivotRow)).size;
  else rows = result.dataRows().length;
  const parts = [
    text.explore.rows(rows.toLocaleString("en")) + (query.sql === null && rows === query.limit ? `, ${text.explore.limited}` : ""),
    text.explore.inSeconds((answer.milliseconds / 1000).toFixed(2)),
  ];
  if (answer.summary.cache_type.startsWith("EXACT")) parts.push(text.explore.fromCache);
  return (
    <div className={styles.status} role="status">
      {isChanged ? <span className={styles.changed}>{text.explore.changed}</span> : null}
      <span>{parts.join(" · ")}</span>
    </div>
  );
}
