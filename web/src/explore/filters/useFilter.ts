import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import type { components } from "~/api/schema";
import { run } from "../result/run";
import type { FieldInfo, FilterJson, JsonObject } from "../types";
import { wanted } from "./tokens";

type ParseBody = components["schemas"]["QueryFiltersParseBody"];
export type Parsed = components["schemas"]["QueryFiltersParseResponse"];
export type Calendar = { weekStartDay: string | undefined; fiscalMonthOffset: number | undefined };

function fieldType(info: FieldInfo | undefined): ParseBody["fieldType"] {
  if (info?.kind === "time") return info.isDate ? "date" : "timestamp";
  return info?.kind === "number" || info?.kind === "boolean" ? info.kind : "string";
}

type Said = { text: string } | { filter: FilterJson };

/** The server reads a filter's text, or says an object again. */
function question(info: FieldInfo | undefined, said: Said, calendar: Calendar) {
  const body = {
    fieldType: fieldType(info),
    ...said,
    ...(calendar.weekStartDay ? { weekStartDay: calendar.weekStartDay } : {}),
    ...(calendar.fiscalMonthOffset ? { fiscalMonthOffset: calendar.fiscalMonthOffset } : {}),
  } as ParseBody;
  return {
    queryKey: ["filter", body],
    staleTime: 60_000,
    queryFn: () => data(api.POST("/api/v1/query/filters/parse", { body })),
  };
}

/** What a filter says, in text and in words. */
export function useSaid(info: FieldInfo | undefined, filter: FilterJson | null, calendar: Calendar) {
  return useQuery({ ...question(info, { filter: filter ?? "" }, calendar), enabled: filter !== null });
}

/** A function that has a text read. */
export function useReader(info: FieldInfo | undefined, calendar: Calendar): (text: string) => Promise<Parsed> {
  const client = useQueryClient();
  return (text) => client.fetchQuery(question(info, { text }, calendar));
}

const MOST = 50;

/** Values of a text field that fit what is typed, asked as a small query of the same topic. */
export function useSuggestions(info: FieldInfo | undefined, typed: string, base: JsonObject, branchId: string | undefined, on: boolean) {
  const look = wanted(typed);
  const fixed = info?.values?.filter((value) => value.toLowerCase().includes(look.toLowerCase()));
  const name = info?.name ?? "";
  const asked = useQuery({
    queryKey: ["values", base, branchId, name, look],
    enabled: on && fixed === undefined && info?.kind === "string" && !info.isMeasure,
    staleTime: 300_000,
    queryFn: async ({ signal }) => {
      const contains = { type: "string", kind: "CONTAINS", values: [look], case_insensitive: true };
      const query = {
        ...base,
        fields: [name],
        filters: look ? { [name]: contains } : {},
        sorts: [{ column_name: name }],
        limit: MOST,
      };
      const answer = await run({ query, ...(branchId ? { branchId } : {}) }, { signal });
      const column = answer.result?.columns[0];
      const rows = answer.result?.dataRows() ?? [];
      return column ? rows.flatMap((row) => (column.value(row) === null ? [] : [column.text(row)])) : [];
    },
  });
  return fixed ?? asked.data ?? [];
}
