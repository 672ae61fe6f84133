import { EMPTY } from "~/explore/query/state";
import type { FieldInfo, QueryState } from "~/explore/types";

const ROWS = 100;
const SHOWN = 60;

/** A query of some fields and few rows. */
export function queryOf(fields: readonly string[]): QueryState {
  return { ...EMPTY, fields, limit: ROWS };
}

/** The fields that have all words in label, name or view, the shown ones first; and how many more there are. */
export function matching(all: readonly FieldInfo[], search: string): { shown: FieldInfo[]; more: number } {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fit = all.filter((each) => {
    const said = `${each.viewLabel} ${each.label} ${each.name}`.toLowerCase();
    return (words.length > 0 || !each.hidden) && words.every((word) => said.includes(word));
  });
  return { shown: fit.slice(0, SHOWN), more: Math.max(0, fit.length - SHOWN) };
}
