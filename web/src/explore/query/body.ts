/** From the query as it is built to what is sent, and to what one may take along: curl, Python. */
import type { FilterJson, FilterLine, JsonObject, QueryState } from "../types";
import type { Body } from "../result/run";
import { DEFAULT_COLUMNS } from "./state";

export type Where = { modelId: string; topic: string | undefined; baseView: string; branchId: string | undefined };

const TOTAL = { type: "aggregation" };

/** The query object (docs: reference/query-object). Several filters on one field must all hold. */
export function queryObject(query: QueryState, where: Where): JsonObject {
  if (query.sql !== null) return { modelId: where.modelId, fields: [], userEditedSQL: query.sql };
  const anyOf = query.anyOf.filter((line) => line.filter !== null);
  const columnTotals: JsonObject = {};
  if (query.columnTotals) columnTotals["::total::"] = TOTAL;
  for (const name of query.subtotals) columnTotals[name] = TOTAL;
  return {
    modelId: where.modelId,
    table: where.baseView,
    ...(where.topic ? { join_paths_from_topic_name: where.topic } : {}),
    fields: [...query.fields],
    filters: filtersOf(query.filters),
    sorts: query.sorts.map((sort) => ({
      column_name: sort.field,
      sort_descending: sort.descending,
      ...(query.pivots.includes(sort.field) ? { is_column_sort: true } : {}),
      ...(sort.pivot ? { pivot_value_map: sort.pivot } : {}),
    })),
    limit: query.limit,
    ...(query.pivots.length > 0 ? { pivots: [...query.pivots] } : {}),
    ...(query.pivots.length > 0 && query.columnLimit !== DEFAULT_COLUMNS ? { column_limit: query.columnLimit } : {}),
    ...(Object.keys(columnTotals).length > 0 ? { column_totals: columnTotals } : {}),
    ...(query.rowTotals ? { row_totals: { "::total::": TOTAL } } : {}),
    ...(query.fill.length > 0 ? { fill_fields: [...query.fill] } : {}),
    ...(anyOf.length > 0 ? { controls: [eitherOf(anyOf)] } : {}),
  };
}

export function bodyOf(query: QueryState, where: Where): Body {
  const body: Body = { query: queryObject(query, where) };
  return where.branchId ? { ...body, branchId: where.branchId } : body;
}

function filtersOf(lines: readonly FilterLine[]): JsonObject {
  const byField = new Map<string, FilterJson[]>();
  for (const { field, filter } of lines) {
    if (filter !== null) byField.set(field, [...(byField.get(field) ?? []), filter]);
  }
  return Object.fromEntries(
    [...byField].map(([field, filters]) => [
      field,
      filters.length === 1 ? (filters[0] as FilterJson) : { type: "composite", conjunction: "AND", filters },
    ]),
  );
}

function eitherOf(lines: readonly FilterLine[]): JsonObject {
  return {
    type: "MULTI_FIELD_FILTER",
    conjunction: "OR",
    filters: lines.map(({ field, filter }) => ({ fieldName: field, filter })),
  };
}

/** A command for a shell; the key comes from the reader's environment. */
export function curlOf(body: Body, base: string): string {
  const quoted = JSON.stringify(body).replaceAll("'", "'\\''");
  return [
    `curl '${base.replace(/\/$/, "")}/api/v1/query/run' \\`,
    `  -H "Authorization: Bearer $OMNI_API_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${quoted}'`,
  ].join("\n");
}

/** A program with the public Python SDK. */
export function pythonOf(body: Body, base: string): string {
  return [
    "import json",
    "import os",
    "",
    "from omni_python_sdk import OmniAPI",
    "",
    `api = OmniAPI(os.environ["OMNI_API_KEY"], ${JSON.stringify(base.replace(/\/$/, ""))})`,
    `body = json.loads(r"""${JSON.stringify(body, null, 2).replaceAll('"""', '\\u0022\\u0022\\u0022')}""")`,
    "table, fields = api.run_query_blocking(body)",
    "print(table.to_pandas())",
  ].join("\n");
}
