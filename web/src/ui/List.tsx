import type { ReactNode } from "react";

import type { Paged } from "~/api/paged";
import { Busy } from "./Busy";
import { Failed } from "./Loaded";
import { More } from "./More";
import { Table, type Column } from "./Table";

type Props<Row> = {
  of: Paged<Row>;
  label: string;
  caption: string;
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  empty: ReactNode;
};

/** A list that comes in pages, as a table: with what shows while it loads, when it fails, when there is nothing. */
export function List<Row>({ of, label, caption, columns, keyOf, empty }: Props<Row>) {
  if (of.isPending) return <Busy label={label} />;
  if (of.error && of.rows.length === 0) return <Failed error={of.error} again={of.again} />;
  if (of.rows.length === 0) return <>{empty}</>;
  return (
    <>
      <Table caption={caption} rows={of.rows} columns={columns} keyOf={keyOf} />
      {of.error ? <Failed error={of.error} again={of.readOn} /> : null}
      <More of={of} />
    </>
  );
}
