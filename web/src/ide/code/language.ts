import type { components } from "~/api/schema";
import type { Path } from "../yaml/tree";

/** Which keys each place of a model file knows, as the server says. */
export type Language = components["schemas"]["ModelLanguage"];
export type Place = Language["places"][number];
export type Key = Place["keys"][number];

export type FileKind = "model" | "relationships" | "view" | "topic" | "composite_topic";

export function fileKind(file: string): FileKind | undefined {
  if (file === "model" || file === "relationships") return file;
  const end = /\.(view|topic|composite_topic)$/.exec(file);
  return end ? (end[1] as FileKind) : undefined;
}

/** The keys of the map that a path leads to; where several places fit, the one that says most. */
export function keysAt(language: Language | undefined, kind: FileKind, path: Path): readonly Key[] {
  const fitting = (language?.places ?? []).filter((each) => each.file === kind && fits(each.path, path));
  const best = fitting.sort((one, other) => looseness(one) - looseness(other))[0];
  return best?.keys ?? [];
}

/** What is known of the key at the end of a path. */
export function keyAt(language: Language | undefined, kind: FileKind, path: Path): Key | undefined {
  return keysAt(language, kind, path.slice(0, -1)).find((each) => each.name === path.at(-1));
}

/** The words that a value may be: those of the key, or of a list that many keys share. */
export function wordsOf(language: Language | undefined, key: Key | undefined, isItem: boolean): readonly string[] {
  if (!key) return [];
  const list = key.itemList ? language?.lists[key.itemList] : undefined;
  if (isItem) return key.itemWords.length > 0 ? key.itemWords : (list ?? []);
  if (key.words.length > 0) return key.words;
  if (key.types.includes("boolean")) return ["true", "false"];
  return key.name === "format" ? (language?.lists.formats ?? []) : [];
}

function fits(pattern: readonly string[], path: Path): boolean {
  if (pattern.length !== path.length) return false;
  return pattern.every((each, at) => {
    if (each === "[]") return typeof path[at] === "number";
    return each === "*" ? typeof path[at] === "string" : each === path[at];
  });
}

function looseness(place: Place): number {
  return place.path.filter((each) => each === "*").length;
}
