import type { Path } from "../yaml/tree";

export type Key = {
  name: string;
  description: string;
  type?: string | null;
  values?: readonly string[] | null;
  /** The place below the key, where that is a map or a list. */
  place?: string | null;
};

export type PlaceKind = {
  name: string;
  keys: readonly Key[];
  /** The place of every value, in a map whose keys are names of one's own. */
  named?: string | null;
  /** The place of every item, in a list. */
  items?: string | null;
};

/** Which keys each place of a model file knows, as the server says. */
export type Language = { roots: Readonly<Record<string, string>>; places: readonly PlaceKind[] };

export const NO_LANGUAGE: Language = { roots: {}, places: [] };

export type FileKind = "model" | "relationships" | "view" | "topic" | "composite_topic";

export function fileKind(file: string): FileKind | undefined {
  if (file === "model" || file === "relationships") return file;
  const end = /\.(view|topic|composite_topic)$/.exec(file);
  return end ? (end[1] as FileKind) : undefined;
}

/** The place that a path leads to. */
export function placeOf(language: Language, kind: FileKind, path: Path): PlaceKind | undefined {
  const known = (name: string | null | undefined) => language.places.find((each) => each.name === name);
  let place = known(language.roots[kind]);
  for (const part of path) {
    if (!place) return undefined;
    if (typeof part === "number") place = place.items ? known(place.items) : place;
    else place = known(place.keys.find((each) => each.name === part)?.place ?? place.named);
  }
  return place;
}

/** What is known of the key at the end of a path. */
export function keyAt(language: Language, kind: FileKind, path: Path): Key | undefined {
  return placeOf(language, kind, path.slice(0, -1))?.keys.find((each) => each.name === path.at(-1));
}
