import type { Result } from "../types";
import type { Choice } from "./choice";
import { columnsOf } from "./rows";
import styles from "./Chart.module.css";

/** One number, or a few, written large: those of the first row. */
export function Values({ choice, result }: { choice: Choice; result: Result }) {
  const [row] = result.dataRows();
  const { x, y } = columnsOf(choice, result);
  if (row === undefined) return null;
  return (
    <dl className={styles.values}>
      {y.map((column) => (
        <div key={column.name}>
          <dt>
            {column.label}
            {x ? <small> {x.text(row)}</small> : null}
          </dt>
          <dd>{column.text(row) || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}
