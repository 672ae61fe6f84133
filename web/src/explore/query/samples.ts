/** Questions to begin with: those that the topic's file brings, and one made of its own fields. */
import type { Topic } from "../fields/info";
import type { FilterLine, QueryState } from "../types";
import { DEFAULT_LIMIT, EMPTY, limited } from "./state";
import { filterTexts } from "./modelFilters";

export type Sample = { name: string; query: QueryState };

export function sampleQueries(topic: Topic): Sample[] {
  const written = Object.entries(topic.sample_queries).flatMap(([name, sample]) => {
    const query = isObject(sample) && isObject(sample.query) ? queryOf(sample.query) : undefined;
    const prompt = isObject(sample) && typeof sample.prompt === "string" ? sample.prompt : name;
    return query ? [{ name: prompt, query }] : [];
  });
  const own = simplest(topic);
  return own ? [...written.slice(0, 5), own] : written.slice(0, 6);
}

/** A query of a model's file as the workbook's. */
function queryOf(written: Record<string, unknown>): QueryState | undefined {
  const fields = names(written.fields);
  if (fields.length === 0) return undefined;
  const sorts = (Array.isArray(written.sorts) ? written.sorts : []).flatMap((sort: unknown) =>
    isObject(sort) && typeof sort.field === "string" ? [{ field: sort.field, descending: sort.desc === true }] : [],
  );
  return {
    ...EMPTY,
    fields,
    sorts,
    pivots: names(written.pivots).filter((name) => fields.includes(name)),
    filters: filterTexts(written.filters),
    limit: typeof written.limit === "number" ? limited(written.limit) : DEFAULT_LIMIT,
  };
}

/** How many there are by the topic's first time, or by its first text. */
function simplest(topic: Topic): Sample | undefined {
  const base = topic.views.find((view) => view.name === topic.base_view_name) ?? topic.views[0];
  const count = base?.measures.find((field) => !field.hidden && field.aggregate_type === "COUNT") ?? base?.measures[0];
  const visible = (base?.dimensions ?? []).filter((field) => !field.hidden);
  const time = visible.find((field) => field.field_name.endsWith("[month]"));
  const by = time ?? visible.find((field) => field.data_type === "STRING");
  if (!base || !count || !by) return undefined;
  const sorts = [{ field: time ? by.fully_qualified_name : count.fully_qualified_name, descending: !time }];
  const label = [by.parent_label, by.label].filter(Boolean).join(" ");
  return {
    name: `${base.label ?? base.name}: ${count.label ?? count.field_name} by ${label}`,
    query: { ...EMPTY, fields: [by.fully_qualified_name, count.fully_qualified_name], sorts },
  };
}

/** The filters a topic gives to new queries; they may be taken away. */
export const defaultFilters = (topic: Topic): FilterLine[] => filterTexts(topic.default_filters);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const names = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
