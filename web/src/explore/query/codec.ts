/**
 * The workbook's state as one word of the address: a version, then JSON in base64url with short keys.
 * Reading is lenient: what is unknown or of another shape is left out, and nothing in it is trusted.
 */
import type { ChartSpec, FilterJson, FilterLine, JsonObject, QueryState, SortLine } from "../types";
import { DEFAULT_COLUMNS, DEFAULT_LIMIT, EMPTY, MOST_COLUMNS, limited, settled } from "./state";

export type Kept = { query: QueryState; chart: ChartSpec | undefined };

const VERSION = "1";
const LONGEST = 100_000;
const MOST_ITEMS = 500;
const MOST_NAME = 500;
const DEEPEST = 12;

/** Writes a state; undefined for one that says nothing, so that the address stays clean. */
export function write({ query, chart }: Kept): string | undefined {
  const kept: JsonObject = {};
  if (query.fields.length) kept.f = [...query.fields];
  if (query.filters.length) kept.w = query.filters.map(({ field, filter }) => [field, filter]);
  if (query.anyOf.length) kept.a = query.anyOf.map(({ field, filter }) => [field, filter]);
  if (query.sorts.length) {
    kept.s = query.sorts.map((sort) => [sort.field, sort.descending ? 1 : 0, ...(sort.pivot ? [sort.pivot] : [])]);
  }
  if (query.limit !== DEFAULT_LIMIT) kept.l = query.limit;
  if (query.pivots.length) kept.p = [...query.pivots];
  if (query.columnLimit !== DEFAULT_COLUMNS) kept.pl = query.columnLimit;
  if (query.columnTotals) kept.ct = 1;
  if (query.rowTotals) kept.rt = 1;
  if (query.subtotals.length) kept.st = [...query.subtotals];
  if (query.fill.length) kept.fi = [...query.fill];
  if (query.sql !== null) kept.q = query.sql;
  if (chart && Object.keys(chart).length) kept.c = chart;
  return Object.keys(kept).length ? `${VERSION}.${toWord(JSON.stringify(kept))}` : undefined;
}

/** Reads a state; undefined when the word is not one of ours at all. */
export function read(word: string | null | undefined): Kept | undefined {
  if (!word || word.length > LONGEST || !word.startsWith(`${VERSION}.`)) return undefined;
  let kept: unknown;
  try {
    kept = JSON.parse(fromWord(word.slice(VERSION.length + 1)));
  } catch {
    return undefined;
  }
  if (!isObject(kept)) return undefined;
  const query: QueryState = {
    ...EMPTY,
    fields: names(kept.f),
    filters: lines(kept.w),
    anyOf: lines(kept.a),
    sorts: list(kept.s).flatMap(sortOf),
    limit: typeof kept.l === "number" ? limited(kept.l) : DEFAULT_LIMIT,
    pivots: names(kept.p),
    columnLimit: typeof kept.pl === "number" ? limited(kept.pl, MOST_COLUMNS) : DEFAULT_COLUMNS,
    columnTotals: kept.ct === 1,
    rowTotals: kept.rt === 1,
    subtotals: names(kept.st),
    fill: names(kept.fi),
    sql: typeof kept.q === "string" ? kept.q : null,
  };
  const chart = isObject(kept.c) && isShallow(kept.c, DEEPEST) ? (kept.c as ChartSpec) : undefined;
  return { query: settled(query), chart };
}

function toWord(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromWord(word: string): string {
  const binary = atob(word.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isName = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= MOST_NAME && value !== "__proto__";
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, MOST_ITEMS) : []);
const names = (value: unknown): string[] => [...new Set(list(value).filter(isName))];

function lines(value: unknown): FilterLine[] {
  return list(value).flatMap((each) => {
    if (!Array.isArray(each) || !isName(each[0])) return [];
    const filter: unknown = each[1] ?? null;
    const isFilter = filter === null || typeof filter === "string" || (isObject(filter) && isShallow(filter, DEEPEST));
    return isFilter ? [{ field: each[0], filter: filter as FilterJson | null }] : [];
  });
}

function sortOf(value: unknown): SortLine[] {
  if (!Array.isArray(value) || !isName(value[0])) return [];
  const sort = { field: value[0], descending: value[1] === 1 };
  if (!isObject(value[2])) return [sort];
  const pivot = Object.entries(value[2]).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return [pivot.length > 0 ? { ...sort, pivot: Object.fromEntries(pivot) } : sort];
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((each) => isShallow(each, depth - 1));
}
