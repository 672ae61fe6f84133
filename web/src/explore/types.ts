/** What the parts of the workbook hand to each other: the query as it is built, its fields, its result. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** What a value is, for choosing marks, editors and alignment. */
export type Kind = "string" | "number" | "time" | "boolean" | "other";

/** A dimension, timeframe or measure of the topic as the picker knows it. */
export type FieldInfo = {
  /** What a query asks for: `orders.created_at[month]`. */
  name: string;
  view: string;
  viewLabel: string;
  groupLabel: string | undefined;
  /** The label to show alone: of a timeframe `Sold Month`, else the field's own. */
  label: string;
  description: string | undefined;
  kind: Kind;
  dataType: string;
  isMeasure: boolean;
  /** `month` of `orders.created_at[month]`; a field without brackets has none. */
  grain: string | undefined;
  /** A time without a clock. */
  isDate: boolean;
  format: string | undefined;
  aggregate: string | undefined;
  hidden: boolean;
  /** What a filter offers without asking the database. */
  values: readonly string[] | undefined;
};

export type FieldLookup = { get(name: string): FieldInfo | undefined };

/** A filter as `filters` of a query takes it; a text is read by the type of its field. */
export type FilterJson = JsonObject | string;
export type FilterLine = { field: string; filter: FilterJson | null };

/** `pivot` says by which values of the pivots a measure sorts; without it by the total of the row. */
export type SortLine = { field: string; descending: boolean; pivot?: Record<string, string> };

/** The query as the workbook builds it; plain data, kept in the address. */
export type QueryState = {
  fields: readonly string[];
  /** All of these must hold. */
  filters: readonly FilterLine[];
  /** Of these one at least must hold, beside the others; all dimensions or all measures. */
  anyOf: readonly FilterLine[];
  sorts: readonly SortLine[];
  limit: number;
  /** Those of the fields whose values become columns. */
  pivots: readonly string[];
  columnLimit: number;
  columnTotals: boolean;
  rowTotals: boolean;
  /** Dimensions that get a subtotal after each of their groups. */
  subtotals: readonly string[];
  /** Dimensions that get rows for values without data. */
  fill: readonly string[];
  /** SQL by hand; null while fields are asked. */
  sql: string | null;
};

/** What the chart is told to be: plain JSON of the chart's own making, kept in the address beside the query. */
export type ChartSpec = JsonObject;

export type Cell = null | string | number | boolean;

/** A column of a result. Rows are counted from 0 over the whole answer, totals included. */
export type ResultColumn = {
  /** What was asked for; also the name in the Arrow table. */
  name: string;
  label: string;
  /** `Products`, the label of its view, where the topic says it; to tell equal labels apart. */
  viewLabel: string;
  description: string | undefined;
  kind: Kind;
  dataType: string;
  isMeasure: boolean;
  isCalculation: boolean;
  grain: string | undefined;
  isDate: boolean;
  /** The format's name or pattern, as `format.ts` reads it: `USDCURRENCY_2`, `#,##0.0`, `%Y-%m`. */
  format: string | undefined;
  isPivot: boolean;
  /** Numbers as doubles, times as milliseconds of the wall clock taken as UTC, everything else as text. */
  value(row: number): Cell;
  /** The cell as it is read: formatted by the server's rules; "" where there is no value. */
  text(row: number): string;
};

/** `total` is the grand total of columns, `subtotal` stands after a group. */
export type RowClass = "data" | "total" | "subtotal";

/** A decoded answer. Pivoted results are long here: a row for each cell, which charts want; grids widen it. */
export type Result = {
  columns: readonly ResultColumn[];
  column(name: string): ResultColumn | undefined;
  /** Rows of the Arrow table, of every class. */
  length: number;
  rowClass(row: number): RowClass;
  /** The row totals over the pivoted columns. */
  isRowTotal(row: number): boolean;
  /** Rows of data alone, neither totals nor row totals: what a chart draws. */
  dataRows(): readonly number[];
  pivots: readonly string[];
  /** Where a cell of a pivoted result stands, counted from 1; without pivots the row and 1. */
  pivotRow(row: number): number;
  pivotColumn(row: number): number;
};

/** Makes the picture that is on the screen, as a PNG file. */
export type ChartImage = () => Promise<Blob>;

/** What the chart tab is given. It is loaded as a chunk of its own: default export of `chart/ChartPanel.tsx`. */
export type ChartPanelProps = {
  result: Result;
  query: QueryState;
  fields: FieldLookup;
  /** Undefined until something is chosen: the panel picks a chart that fits. */
  chart: ChartSpec | undefined;
  onChart: (chart: ChartSpec | undefined) => void;
  /** Tells how to make a picture, or that there is none; for the download menu. */
  onImage: (image: ChartImage | undefined) => void;
};
