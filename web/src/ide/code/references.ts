import type { Path } from "../yaml/tree";
import type { Place } from "../yaml/place";
import type { FileKind } from "./language";
import type { Definition, Names } from "./names";

/** Which names may stand at a place. */
export type Wanted = "field" | "view" | "topic" | "access_grant" | "cache_policy" | "custom_format" | "custom_calendar";

const BY_KEY: Readonly<Record<string, Wanted>> = {
  base_view: "view",
  join_from_view: "view",
  join_to_view: "view",
  view: "view",
  topic: "topic",
  suggest_from_topic: "topic",
  ai_chat_topics: "topic",
  cache_policy: "cache_policy",
  default_cache_policy: "cache_policy",
  required_access_grants: "access_grant",
  mask_unless_access_grants: "access_grant",
  default_topic_required_access_grants: "access_grant",
  custom_calendar: "custom_calendar",
  format: "custom_format",
  field: "field",
  fields: "field",
  order_by_field: "field",
  parent_field: "field",
  suggest_from_field: "field",
  drill_fields: "field",
  default_drill_fields: "field",
};
const FILTERS = new Set(["filters", "default_filters", "always_where_filters", "always_having_filters"]);

/** Says whether a path leads to a condition on a field, where operators stand. */
export function isCondition(path: Path): boolean {
  const words = path.filter((each): each is string => typeof each === "string");
  return FILTERS.has(words.at(-2) ?? "") && words.length > 2 - Number(words[0] !== "filters");
}

/** Says which names are wanted where the cursor is. */
export function wantedAt(place: Place, kind: FileKind): Wanted | undefined {
  const words = place.path.filter((each): each is string => typeof each === "string");
  const last = words.at(-1) ?? "";
  if (place.at === "key") {
    if (words.includes("joins") && kind === "topic") return "view";
    if (kind === "topic" && last === "views") return "view";
    if (FILTERS.has(last)) return kind === "view" && words.length === 1 ? undefined : "field";
    if (last === "fields" && words.includes("query")) return "field";
    return undefined;
  }
  if (last === "extends") return kind === "topic" ? "topic" : words.length > 1 ? "field" : "view";
  return BY_KEY[last];
}

/** The names that are wanted, as they are written in this file. */
export function namesFor(wanted: Wanted, names: Names, file: string): { name: string; definition: Definition }[] {
  if (wanted === "view") return names.views.map(named);
  if (wanted === "topic") return names.topics.map(named);
  if (wanted !== "field") return names.of(wanted).map(named);
  const own = names.viewIn(file);
  const near = own === undefined ? [] : names.fieldsOf(own).map(named);
  const far = names.all.flatMap((each) =>
    each.view && each.view !== own ? [{ name: `${each.view}.${each.name}`, definition: each }] : [],
  );
  return [...near, ...far];
}

function named(definition: Definition) {
  return { name: definition.name, definition };
}

/** What the word under the cursor names: `view.field`, a field of this file's view, a view, a topic, a name of the model file. */
export function definitionOf(text: string, offset: number, place: Place, file: string, kind: FileKind, names: Names) {
  const token = tokenAt(text, offset);
  if (!token) return undefined;
  const found = lookUp(token, place, file, kind, names);
  return found && { ...token, definition: found };
}

type Token = { from: number; to: number; word: string; inBraces: "$" | "@" | undefined };

/** The word of letters, digits, `_` and `.` around an offset; a timeframe in brackets is left out. */
export function tokenAt(text: string, offset: number): Token | undefined {
  const is = (at: number) => /[\w.]/.test(text[at] ?? "");
  let from = offset;
  let to = offset;
  while (from > 0 && is(from - 1)) from -= 1;
  while (is(to)) to += 1;
  const word = text.slice(from, to).replace(/^\.+|\.+$/g, "");
  if (!word) return undefined;
  const opening = text.slice(Math.max(0, from - 2), from);
  const inBraces = opening === "${" ? "$" : opening === "@{" ? "@" : undefined;
  return { from, to: from + word.length, word, inBraces };
}

function lookUp(token: Token, place: Place, file: string, kind: FileKind, names: Names): Definition | undefined {
  const { word } = token;
  const own = names.viewIn(file);
  const [view = "", field] = word.split(".");
  if (token.inBraces === "@") return names.of("constant", word)[0];
  if (field !== undefined) return names.field(view, field);
  const near = own === undefined ? undefined : names.field(own, word);
  if (token.inBraces === "$") return near ?? names.view(word);
  const wanted = wantedAt(place, kind);
  if (wanted === "field") return near;
  if (wanted === "view") return names.view(word);
  if (wanted === "topic") return names.topic(word);
  if (wanted) return names.of(wanted, word)[0];
  return undefined;
}
