export type Section = "model" | "relationships" | "topics" | "views" | "schemas";
export type Mark = "added" | "changed" | "removed";
export type TreeFile = { file: string; name: string; folder: string; section: Section; isDirty: boolean; mark: Mark | undefined };
export type Group = { section: Section; folders: { folder: string; files: TreeFile[] }[] };

export type TreeInput = {
  files: readonly string[];
  /** Files that only the mirror of the database says anything about: they are not written by hand. */
  mirrored: ReadonlySet<string>;
  dirty: ReadonlySet<string>;
  marks: ReadonlyMap<string, Mark>;
  search: string;
};

const ORDER: readonly Section[] = ["model", "relationships", "topics", "views", "schemas"];

/** Sorts the files of a model as people look for them: what they write first, what the database gives last. */
export function treeOf(input: TreeInput): Group[] {
  const wanted = input.search.trim().toLowerCase();
  const files = new Set([...input.files, ...input.dirty]);
  const rows = [...files]
    .filter((file) => file.toLowerCase().includes(wanted))
    .map((file) => row(file, input))
    .sort((one, other) => one.folder.localeCompare(other.folder) || one.name.localeCompare(other.name));
  return ORDER.flatMap((section) => {
    const own = rows.filter((each) => each.section === section);
    if (own.length === 0) return [];
    const folders = [...new Set(own.map((each) => each.folder))];
    return [{ section, folders: folders.map((folder) => ({ folder, files: own.filter((each) => each.folder === folder) })) }];
  });
}

function row(file: string, input: TreeInput): TreeFile {
  const cut = file.lastIndexOf("/");
  return {
    file,
    name: file.slice(cut + 1),
    folder: file.slice(0, Math.max(0, cut)),
    section: sectionOf(file, input.mirrored),
    isDirty: input.dirty.has(file),
    mark: input.marks.get(file),
  };
}

export function sectionOf(file: string, mirrored: ReadonlySet<string>): Section {
  if (file === "model") return "model";
  if (file === "relationships") return "relationships";
  if (file.endsWith(".topic") || file.endsWith(".composite_topic")) return "topics";
  return mirrored.has(file) ? "schemas" : "views";
}

/** Views (by file) that no layer above the schema speaks of; told apart by name, for a layer may keep one at another path. */
export function mirroredFiles(
  all: Readonly<Record<string, string>>,
  own: readonly Readonly<Record<string, string>>[],
): Set<string> {
  const views = new Set(own.flatMap((names) => Object.values(names)));
  return new Set(Object.entries(all).flatMap(([file, view]) => (views.has(view) ? [] : [file])));
}
