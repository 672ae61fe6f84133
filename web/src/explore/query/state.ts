/** Changes of a query as it is built: each gives a new one, and keeps what no longer fits out of it. */
import type { FilterLine, QueryState, SortLine } from "../types";

export const DEFAULT_LIMIT = 1000;
export const MOST_ROWS = 50_000;
export const DEFAULT_COLUMNS = 50;
export const MOST_COLUMNS = 200;

export const EMPTY: QueryState = {
  fields: [],
  filters: [],
  anyOf: [],
  sorts: [],
  limit: DEFAULT_LIMIT,
  pivots: [],
  columnLimit: DEFAULT_COLUMNS,
  columnTotals: false,
  rowTotals: false,
  subtotals: [],
  fill: [],
  sql: null,
};

export const hasQuestion = (query: QueryState): boolean =>
  query.sql === null ? query.fields.length > 0 : query.sql.trim() !== "";

/** Adds a field at its end; dimensions go before the measures that are there. */
export function addField(query: QueryState, field: string, isMeasure: (name: string) => boolean): QueryState {
  if (query.fields.includes(field)) return query;
  const firstMeasure = query.fields.findIndex(isMeasure);
  const at = isMeasure(field) || firstMeasure < 0 ? query.fields.length : firstMeasure;
  return { ...query, fields: query.fields.toSpliced(at, 0, field) };
}

export function removeField(query: QueryState, field: string): QueryState {
  const without = (names: readonly string[]) => names.filter((name) => name !== field);
  return settled({ ...query, fields: without(query.fields), sorts: query.sorts.filter((sort) => sort.field !== field) });
}

/** Puts another field in the place of one, as another timeframe; sorts, pivots and fills follow. */
export function replaceField(query: QueryState, from: string, to: string): QueryState {
  if (query.fields.includes(to)) return removeField(query, from);
  const put = (names: readonly string[]) => names.map((name) => (name === from ? to : name));
  return {
    ...query,
    fields: put(query.fields),
    pivots: put(query.pivots),
    fill: put(query.fill),
    subtotals: put(query.subtotals),
    sorts: query.sorts.map((sort) => (sort.field === from ? { ...sort, field: to } : sort)),
  };
}

export function moveField(query: QueryState, field: string, to: number): QueryState {
  const rest = query.fields.filter((name) => name !== field);
  return rest.length === query.fields.length ? query : { ...query, fields: rest.toSpliced(to, 0, field) };
}

/** Sorts by a field: up, down, not at all. With `keep` beside the sorts that are there, else instead of them. */
export function sortBy(query: QueryState, sort: Omit<SortLine, "descending">, first: boolean, keep: boolean): QueryState {
  const isSame = (each: SortLine) => each.field === sort.field && samePivot(each.pivot, sort.pivot);
  const now = query.sorts.find(isSame);
  const next: SortLine | undefined = !now
    ? { ...sort, descending: first }
    : now.descending === first
      ? { ...now, descending: !first }
      : undefined;
  if (!keep) return { ...query, sorts: next ? [next] : [] };
  const at = now ? query.sorts.indexOf(now) : query.sorts.length;
  return { ...query, sorts: query.sorts.toSpliced(at, now ? 1 : 0, ...(next ? [next] : [])) };
}

export function samePivot(one: SortLine["pivot"], other: SortLine["pivot"]): boolean {
  return JSON.stringify(Object.entries(one ?? {}).sort()) === JSON.stringify(Object.entries(other ?? {}).sort());
}

export function togglePivot(query: QueryState, field: string): QueryState {
  const pivots = query.pivots.includes(field) ? query.pivots.filter((name) => name !== field) : [...query.pivots, field];
  return settled({ ...query, pivots, sorts: query.sorts.map(({ pivot: _, ...sort }) => sort) });
}

export function toggleIn(query: QueryState, key: "fill" | "subtotals", field: string): QueryState {
  const names = query[key];
  return { ...query, [key]: names.includes(field) ? names.filter((name) => name !== field) : [...names, field] };
}

type Lines = "filters" | "anyOf";

/** Sets or adds the filter of a field in one of the two lists. */
export function setFilter(query: QueryState, list: Lines, at: number, line: FilterLine): QueryState {
  return { ...query, [list]: query[list].toSpliced(at, at < query[list].length ? 1 : 0, line) };
}

export function removeFilter(query: QueryState, list: Lines, at: number): QueryState {
  return { ...query, [list]: query[list].toSpliced(at, 1) };
}

export function moveFilter(query: QueryState, from: Lines, at: number): QueryState {
  const line = query[from][at];
  const to: Lines = from === "filters" ? "anyOf" : "filters";
  return line ? { ...removeFilter(query, from, at), [to]: [...query[to], line] } : query;
}

/** Keeps a number of rows within what is served. */
export function limited(limit: number, most = MOST_ROWS): number {
  return Number.isFinite(limit) ? Math.min(most, Math.max(1, Math.trunc(limit))) : DEFAULT_LIMIT;
}

/** Leaves out what speaks of fields that are gone. */
export function settled(query: QueryState): QueryState {
  const among = (names: readonly string[]) => names.filter((name) => query.fields.includes(name));
  const pivots = among(query.pivots);
  return {
    ...query,
    pivots,
    fill: among(query.fill),
    subtotals: among(query.subtotals).filter((name) => !pivots.includes(name)),
    rowTotals: query.rowTotals && pivots.length > 0,
  };
}
