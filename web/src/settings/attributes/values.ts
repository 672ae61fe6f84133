/** Values as a person types them: one a line. */
export function textOf(value: string | readonly string[] | null): string {
  return typeof value === "string" ? value : (value ?? []).join("\n");
}

/** What was typed, as the API takes it: null for nothing, several values only where there may be several. */
export function valueOf(typed: string, many: boolean): string | string[] | null {
  const lines = many ? typed.split("\n") : [typed];
  const values = lines.map((line) => line.trim()).filter((line) => line !== "");
  if (values.length === 0) return null;
  return many ? values : (values[0] ?? null);
}
