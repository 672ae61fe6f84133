import { actions } from "~/text/settings/audit";

export type Filter = {
  action: string;
  outcome: string;
  objectType: string;
  from: string;
  to: string;
  actor: { id: string; name: string } | undefined;
};

export const EVERYTHING: Filter = { action: "", outcome: "", objectType: "", from: "", to: "", actor: undefined };

/** What the API is asked for: local times of the form become instants, what was not chosen is left out. */
export function queryOf(filter: Filter): Record<string, string> {
  const all = {
    action: filter.action,
    outcome: filter.outcome,
    objectType: filter.objectType,
    membershipId: filter.actor?.id ?? "",
    from: instant(filter.from),
    to: instant(filter.to),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}

function instant(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

const words: Record<string, string> = actions;

/** An action in words; one that this page does not know yet keeps the name it has in the API. */
export const actionName = (action: string): string => words[action] ?? action;
