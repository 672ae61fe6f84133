/**
 * Searching the field picker: words anywhere in label, name, group, synonyms and description, and operators
 * `data_type: is: model_type: schema: view: group: tag:` (platform digest §9). All parts must fit.
 */
import type { FieldInfo } from "../types";
import type { FieldGroup, ViewFields } from "./info";

export type PickerRow =
  | { at: "view"; key: string; view: ViewFields; count: number; isOpen: boolean }
  | { at: "group"; key: string; label: string }
  | { at: "field"; key: string; group: FieldGroup; info: FieldInfo; isFrame: boolean; isOpen: boolean | undefined };

type Entry = { view: ViewFields; group: FieldGroup; text: string; frames: string[] };
export type Index = { entries: Entry[]; views: ViewFields[] };
type Test = (entry: Entry, info: FieldInfo) => boolean;

/** Made once for a topic: what is searched is lower case and joined already. */
export function indexOf(views: readonly ViewFields[]): Index {
  const entries = views.flatMap((view) =>
    view.groups.map((group) => ({ view, group, text: textOf(view, group), frames: group.frames.map(frameText) })),
  );
  return { entries, views: [...views] };
}

function textOf(view: ViewFields, { info, synonyms }: FieldGroup): string {
  const parts = [info.label, info.name, view.label, info.groupLabel, info.description, ...synonyms];
  return parts.filter(Boolean).join("\n").toLowerCase();
}

const frameText = (info: FieldInfo): string => `${info.label}\n${info.grain ?? ""}`.toLowerCase();

type Query = { words: string[]; tests: Test[] };

/** Reads what was typed; an operator without a value yet is not looked at. */
export function readSearch(typed: string): Query {
  const words: string[] = [];
  const tests: Test[] = [];
  for (const part of typed.toLowerCase().match(/\w+:"[^"]*"?|"[^"]*"?|\S+/g) ?? []) {
    const [, operator = "", value = ""] = /^(\w+):"?([^"]*)"?$/.exec(part) ?? [];
    const make = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (make) {
      if (value) tests.push(make(value));
    } else words.push(part.replaceAll('"', ""));
  }
  return { words: words.filter(Boolean), tests };
}

const OPERATORS: Record<string, (value: string) => Test> = {
  data_type: (value) => (_, info) => info.dataType.toLowerCase().startsWith(value) || info.kind === value,
  is: (value) => (_, info) => IS[value]?.(info) ?? false,
  model_type: (value) => () => "shared".startsWith(value),
  schema: (value) => ({ view }) => view.schema.toLowerCase().includes(value),
  view: (value) => ({ view }) => view.name.toLowerCase().includes(value) || view.label.toLowerCase().includes(value),
  group: (value) => (_, info) => (info.groupLabel ?? "").toLowerCase().includes(value),
  tag: (value) => ({ group }) => group.tags.some((tag) => tag.toLowerCase() === value),
};

const IS: Record<string, (info: FieldInfo) => boolean> = {
  dimension: (info) => !info.isMeasure,
  measure: (info) => info.isMeasure,
  hidden: (info) => info.hidden,
  date: (info) => info.kind === "time",
};

export type Shown = {
  typed: string;
  /** Views that are closed; while something is searched all are open. */
  closed: ReadonlySet<string>;
  /** Times whose timeframes show. */
  open: ReadonlySet<string>;
  /** Fields to show alone, or undefined for all. */
  only: ReadonlySet<string> | undefined;
};

/** The rows of the picker, views and fields in one list, for a window over them. */
export function rowsOf(index: Index, { typed, closed, open, only }: Shown): PickerRow[] {
  const { words, tests } = readSearch(typed);
  const isSearching = words.length > 0 || tests.length > 0 || only !== undefined;
  const asksHidden = /\bis:hidden\b/i.test(typed);
  const rows: PickerRow[] = [];
  let view: Extract<PickerRow, { at: "view" }> | undefined;
  let label: string | undefined;
  for (const entry of index.entries) {
    const { group } = entry;
    if (group.info.hidden && !asksHidden && !only?.has(group.info.name)) continue;
    const found = matchOf(entry, words, tests, only);
    if (!found) continue;
    if (view?.view !== entry.view) {
      const isOpen = isSearching || !closed.has(entry.view.name);
      view = { at: "view", key: `v:${entry.view.name}`, view: entry.view, count: 0, isOpen };
      label = undefined;
      rows.push(view);
    }
    view.count += 1;
    if (!view.isOpen) continue;
    const heading = group.info.groupLabel ?? (group.info.isMeasure ? "\u0001" : "\u0000");
    if (heading !== label && group.info.groupLabel) {
      rows.push({ at: "group", key: `g:${entry.view.name}:${heading}:${group.info.name}`, label: group.info.groupLabel });
    }
    label = heading;
    pushField(rows, group, found, open.has(group.info.name) || (isSearching && found.byFrame));
  }
  return rows;
}

function pushField(rows: PickerRow[], group: FieldGroup, found: Match, isOpen: boolean): void {
  const hasFrames = group.frames.length > 0;
  const info = group.info;
  rows.push({ at: "field", key: info.name, group, info, isFrame: false, isOpen: hasFrames ? isOpen : undefined });
  if (!isOpen) return;
  const frames = found.byFrame ? found.frames : group.frames;
  for (const frame of frames) {
    rows.push({ at: "field", key: frame.name, group, info: frame, isFrame: true, isOpen: undefined });
  }
}

type Match = { frames: FieldInfo[]; byFrame: boolean };

function matchOf(entry: Entry, words: string[], tests: Test[], only: Shown["only"]): Match | undefined {
  const { group, text, frames } = entry;
  if (!tests.every((test) => test(entry, group.info))) return undefined;
  if (only) {
    const used = group.frames.filter((frame) => only.has(frame.name));
    if (!only.has(group.info.name) && used.length === 0) return undefined;
    if (words.length === 0) return { frames: used, byFrame: used.length > 0 };
  }
  if (words.every((word) => text.includes(word))) return { frames: group.frames, byFrame: false };
  if (frames.length === 0) return undefined;
  const fitting = group.frames.filter((_, at) =>
    words.every((word) => text.includes(word) || (frames[at] ?? "").includes(word)),
  );
  return fitting.length > 0 ? { frames: fitting, byFrame: true } : undefined;
}
