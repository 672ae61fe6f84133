import { kindWord } from "../code/complete";
import type { Definition } from "../code/names";

export type Hit = { key: string; name: string; detail: string; file: string; line?: number; column?: number };

const MOST = 40;

/** Files and names that have what is typed; names that begin with it first, then shorter ones. */
export function quickly(files: readonly string[], names: readonly Definition[], search: string): Hit[] {
  const wanted = search.trim().toLowerCase();
  const asFiles: Hit[] = files.map((file) => ({ key: file, name: file, detail: "", file }));
  const asNames: Hit[] = wanted === "" ? [] : names.filter((each) => !isFileItself(each)).map(hitOf);
  return [...asFiles, ...asNames]
    .map((hit) => ({ hit, rank: rankOf(hit, wanted) }))
    .filter(({ rank }) => rank >= 0)
    .sort((one, other) => one.rank - other.rank || one.hit.name.length - other.hit.name.length)
    .slice(0, MOST)
    .map(({ hit }) => hit);
}

function isFileItself(each: Definition): boolean {
  return each.kind === "view" || each.kind === "topic" || each.kind === "composite_topic";
}

function hitOf(each: Definition): Hit {
  const name = each.view ? `${each.view}.${each.name}` : each.name;
  const { file, line, column } = each;
  return { key: `${each.kind} ${name}`, name, detail: kindWord(each), file, line, column };
}

function rankOf(hit: Hit, wanted: string): number {
  const name = hit.name.toLowerCase();
  const at = name.indexOf(wanted);
  if (at < 0) return -1;
  const begins = at === 0 || /[/._]/.test(name[at - 1] ?? "");
  return (begins ? 0 : 2) + (hit.line === undefined ? 0 : 1);
}
