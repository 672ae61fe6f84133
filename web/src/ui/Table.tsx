import type { ReactNode } from "react";

import styles from "./Table.module.css";

export type Column<Row> = { name: string; of: (row: Row) => ReactNode; end?: boolean; hideName?: boolean };

type Props<Row> = { caption: string; rows: readonly Row[]; columns: readonly Column<Row>[]; keyOf: (row: Row) => string };

/** A table of a page of records; large results have a grid of their own. */
export function Table<Row>({ caption, rows, columns, keyOf }: Props<Row>) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={caption}>
      <table className={styles.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={column.end ? styles.end : undefined}>
                <span className={column.hideName ? "visually-hidden" : undefined}>{column.name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.name} className={column.end ? styles.end : undefined}>
                  {column.of(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
