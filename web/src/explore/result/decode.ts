/** From a job's line to a result that grids and charts read: base64 of an Arrow stream, described by its summary. */
import { type Column, type DataType, Type, tableFromIPC } from "@uwdata/flechette";

import type { Cell, FieldLookup, Kind, Result, ResultColumn, RowClass } from "../types";
import { toNumber } from "./exact";
import { type Setting, type Value, defaultText, formatter } from "./format";

export type SummaryField = {
  field_name?: string;
  view_name?: string;
  data_type?: string;
  is_dimension?: boolean;
  is_calc?: boolean;
  label?: string;
  description?: string;
  format?: string;
  date_type?: string;
};

type Raw = Column<unknown>;

const HELPER = /^\$omni_|^__omni_|__omni_sort(_\d+)?$|__omni_summ(_\d+)?$/;
const RAW = "__raw";

/** Reads the bytes of an Arrow stream from base64. */
export function bytesOf(base64: string): Uint8Array {
  const native = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array }).fromBase64;
  if (native) return native(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

type Asked = { fields: Record<string, SummaryField>; pivots: readonly string[]; lookup?: FieldLookup | undefined; setting?: Setting };

/** Makes a result of an Arrow stream; columns stand as asked for, a formatted timeframe is one of them. */
export function decode(bytes: Uint8Array, { fields, pivots, lookup, setting }: Asked): Result {
  const table = tableFromIPC(bytes, { useBigInt: true, useDecimalInt: true });
  const raw = new Map<string, Raw>();
  for (const [at, field] of table.schema.fields.entries()) raw.set(field.name, table.getChildAt(at) as Raw);
  const names = new Set<string>();
  for (const name of raw.keys()) {
    if (HELPER.test(name)) continue;
    const short = name.slice(0, -RAW.length);
    names.add(name.endsWith(RAW) && raw.has(short) ? short : name);
  }
  const told = new Map(Object.entries(fields));
  const columns = [...names].map((name) => columnOf(name, raw, told, { pivots, lookup, setting }));
  return { columns, column: (name) => columns.find((each) => each.name === name), ...rowsOf(table.numRows, raw, pivots) };
}

function rowsOf(length: number, raw: Map<string, Raw>, pivots: readonly string[]) {
  const at = (name: string) => raw.get(name);
  const totals = at("$omni_column_total_indicator") ?? at("__omni_column_total_indicator");
  const rowTotals = at("$omni_row_total_indicator") ?? at("__omni_row_total_indicator");
  const [pivotRow, pivotColumn] = [at("$omni_pivot_row_num"), at("$omni_pivot_col_num")];
  const rowClass = (row: number): RowClass => {
    const word = totals?.at(row);
    if (!word) return "data";
    return String(word).startsWith("column_subtotal") ? "subtotal" : "total";
  };
  const isRowTotal = (row: number) => Boolean(rowTotals?.at(row));
  let data: number[] | undefined;
  const dataRows = () => {
    if (data) return data;
    data = [];
    for (let row = 0; row < length; row += 1) if (rowClass(row) === "data" && !isRowTotal(row)) data.push(row);
    return data;
  };
  return {
    length,
    rowClass,
    isRowTotal,
    dataRows,
    pivots: pivotRow && pivotColumn ? pivots : [],
    pivotRow: (row: number) => Number(pivotRow?.at(row) ?? row + 1),
    pivotColumn: (row: number) => Number(pivotColumn?.at(row) ?? 1),
  };
}

function columnOf(
  name: string,
  raw: Map<string, Raw>,
  told: Map<string, SummaryField>,
  { pivots, lookup, setting }: Omit<Asked, "fields">,
): ResultColumn {
  const paired = raw.get(name + RAW);
  const values = (paired ?? raw.get(name)) as Raw;
  const shown = raw.get(name) as Raw;
  const field = told.get(name) ?? {};
  const about = told.get(name + RAW) ?? field;
  const info = lookup?.get(name);
  const read = readerOf(values.type);
  const isText = shown.type.typeId === Type.Utf8 || shown.type.typeId === Type.LargeUtf8;
  const write = isText ? defaultText : formatter(field.format, setting);
  const readShown = paired ? readerOf(shown.type) : read;
  const kind = kindOf(values.type);
  const isDate = info?.isDate ?? (about.date_type === "date" || values.type.typeId === Type.Date);
  return {
    name,
    label: field.label ?? name,
    viewLabel: info?.viewLabel ?? field.view_name ?? "",
    description: field.description ?? info?.description,
    kind,
    dataType: about.data_type ?? "",
    isMeasure: field.is_dimension === false && !field.is_calc,
    isCalculation: field.is_calc === true,
    grain: /\[(\w+)\]$/.exec(name)?.[1]?.toLowerCase(),
    isDate,
    format: isText && !paired ? undefined : field.format,
    isPivot: pivots.includes(name),
    value: (row) => cellOf(read(values.at(row))),
    text: (row) => write(readShown(shown.at(row))),
  };
}

/** How a value of an Arrow type is taken so that nothing of it is lost. */
function readerOf(type: DataType): (value: unknown) => Value {
  switch (type.typeId) {
    case Type.Decimal: {
      const { scale } = type as { scale: number };
      return (value) => (value === null || value === undefined ? null : { units: BigInt(value as bigint), scale });
    }
    case Type.Date:
      return (value) => (value === null || value === undefined ? null : { ms: Number(value), isDate: true });
    case Type.Timestamp: {
      const isZoned = Boolean((type as { timezone?: string | null }).timezone);
      return (value) =>
        value === null || value === undefined ? null : { ms: Number(value), isDate: false, isZoned };
    }
    case Type.Float:
      return (value) => value as number | null;
    default:
      return other;
  }
}

function other(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(other);
  if (ArrayBuffer.isView(value)) return [...(value as unknown as Iterable<unknown>)].map(other);
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each));
}

function cellOf(value: Value): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object") return value;
  if ("ms" in value) return value.ms;
  return "units" in value ? toNumber(value) : defaultText(value);
}

function kindOf(type: DataType): Kind {
  switch (type.typeId) {
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Dictionary:
      return "string";
    case Type.Int:
    case Type.Float:
    case Type.Decimal:
      return "number";
    case Type.Date:
    case Type.Timestamp:
      return "time";
    case Type.Bool:
      return "boolean";
    default:
      return "other";
  }
}
