import { Table } from "~/ui/Table";
import { text } from "~/text";
import type { Result } from "../types";
import { MOST_ROWS } from "./rows";
import styles from "./Chart.module.css";

/** The result as a plain table, as a chart among charts; the grid of all rows is the workbook's own. */
export function Words({ result }: { result: Result }) {
  return (
    <div className={styles.words}>
      <Table
        caption={text.chart.kinds.table}
        rows={result.dataRows().slice(0, MOST_ROWS.table)}
        keyOf={String}
        columns={result.columns.map((column) => ({
          name: column.label,
          of: (row: number) => column.text(row),
          end: column.kind === "number",
        }))}
      />
    </div>
  );
}
