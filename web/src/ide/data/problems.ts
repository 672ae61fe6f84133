import type { components } from "~/api/schema";

type Problem = components["schemas"]["DiagnosticRecord"];

/** Says whether a finding goes away with another one: what it refers to is left out for errors of its own. */
export const isConsequence = (problem: Problem): boolean => problem.code === "broken_reference";

/** Findings in the order to mend them: errors, what follows from them, warnings. */
export function causesFirst(problems: readonly Problem[]): Problem[] {
  const rank = (each: Problem) => (each.severity === "warning" ? 2 : isConsequence(each) ? 1 : 0);
  return [...problems].sort((one, other) => rank(one) - rank(other));
}

/** The files that hold errors of their own. */
export function filesWithErrors(problems: readonly Problem[]): Set<string> {
  return new Set(problems.filter((each) => each.severity === "error" && !isConsequence(each)).map((each) => each.file));
}
