import { scalar } from "../yaml/edits";

/** The path of a new file, as the server takes it; undefined for what it would refuse. */
export function pathOf(kind: "view" | "topic", name: string): string | undefined {
  const path = name.trim().replace(/\.(view|topic)$/, "");
  const parts = path.split("/");
  const isFit = parts.every((part, at) => (at === parts.length - 1 ? /^[A-Za-z_]\w*$/ : /^[\w .-]*\w$/).test(part));
  return isFit && path.length < 200 ? `${path}.${kind}` : undefined;
}

/** How a new view begins: its table and a count, to be written on. */
export function newView(schema: string, table: string): string {
  const from = schema ? `schema: ${scalar(schema)}\n` : "";
  return `${from}table_name: ${scalar(table)}\n\ndimensions: {}\n\nmeasures:\n  count:\n    aggregate_type: count\n`;
}

/** How a new topic begins. */
export function newTopic(baseView: string): string {
  return `base_view: ${scalar(baseView)}\njoins: {}\n`;
}

/** The name that a topic's file gives it. */
export function topicName(file: string): string | undefined {
  return /([^/]+)\.topic$/.exec(file)?.[1];
}
