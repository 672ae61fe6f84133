/** The fields of a topic as the workbook knows them, from what the topic's operation tells. */
import type { components } from "~/api/schema";
import type { FieldInfo, FieldLookup, Kind } from "../types";

export type Topic = components["schemas"]["TopicDetail"];
type FieldWire = components["schemas"]["FieldWire"];

const KINDS: Record<string, Kind> = { STRING: "string", NUMBER: "number", TIMESTAMP: "time", BOOLEAN: "boolean" };

/** A time whose timeframes hang under it, or a field alone. */
export type FieldGroup = { info: FieldInfo; frames: FieldInfo[]; synonyms: string[]; tags: string[]; order: number };
export type ViewFields = {
  name: string;
  label: string;
  description: string | undefined;
  schema: string;
  groups: FieldGroup[];
};

export type TopicFields = { views: ViewFields[]; lookup: FieldLookup; all: FieldInfo[] };

/** Orders the fields of a topic: views as they are joined, dimensions before measures. */
export function fieldsOf(topic: Topic): TopicFields {
  const byName = new Map<string, FieldInfo>();
  const views = topic.views.map((view) => {
    const viewLabel = view.label ?? view.name;
    const groups: FieldGroup[] = [];
    const parents = new Map<string, FieldGroup>();
    for (const field of [...view.dimensions, ...view.measures]) {
      const info = infoOf(field, viewLabel);
      byName.set(info.name, info);
      const parent = info.grain && field.parent_field ? parents.get(field.parent_field) : undefined;
      if (parent) {
        parent.frames.push(info);
        continue;
      }
      const group = { info, frames: [], synonyms: field.synonyms ?? [], tags: field.tags ?? [], order: field.display_order ?? Infinity };
      groups.push(group);
      if (field.is_group_parent_field) parents.set(field.field_name, group);
    }
    return {
      name: view.name,
      label: viewLabel,
      description: view.description ?? undefined,
      schema: view.schema ?? "",
      groups: groups.sort((one, two) => rank(one) - rank(two)),
    };
  });
  return { views, lookup: byName, all: [...byName.values()] };
}

const rank = (group: FieldGroup): number => (group.info.isMeasure ? 1e6 : 0) + Math.min(group.order, 1e5);

function infoOf(field: FieldWire, viewLabel: string): FieldInfo {
  const grain = /\[(\w+)\]$/.exec(field.field_name)?.[1]?.toLowerCase();
  const own = field.label ?? field.field_name;
  return {
    name: field.fully_qualified_name,
    view: field.view_name,
    viewLabel: field.view_label ?? viewLabel,
    groupLabel: field.group_label ?? undefined,
    label: grain && field.parent_label ? `${field.parent_label} ${own}` : own,
    description: field.description ?? undefined,
    kind: KINDS[field.data_type] ?? "other",
    dataType: field.data_type,
    isMeasure: !field.is_dimension && !field.filter_only_field,
    grain,
    isDate: field.date_type === "DATE",
    format: field.format ?? undefined,
    aggregate: field.aggregate_type ?? undefined,
    hidden: field.hidden ?? false,
    values: field.all_values ?? offered(field),
  };
}

function offered(field: FieldWire): string[] | undefined {
  return field.suggestion_list?.flatMap(({ value }) => (typeof value === "string" ? [value] : []));
}

/**
 * The field that a filter on a field stands under: times that are cut are filtered as the time they are of,
 * timeframes that are numbers or names under their own name.
 */
export function filteredName(info: FieldInfo): string {
  return info.grain && info.kind === "time" ? info.name.replace(/\[\w+\]$/, "") : info.name;
}

/** Tells a field apart from those of other views. */
export const fullLabel = (info: FieldInfo): string => `${info.viewLabel} ${info.label}`;
