import type { SyntaxNode } from "@lezer/common";

import type { components } from "~/api/schema";
import { entriesOf, find, itemsOf, parse, type Path } from "./tree";

export type Edit = components["schemas"]["FixEdit"];
type Span = { from: number; to: number; insert: string };

/** Makes the change that the server proposes in a text that may have been typed on; undefined where its place is gone. */
export function applyEdit(text: string, edit: Edit): string | undefined {
  const span = spanOf(text, edit);
  return span && text.slice(0, span.from) + span.insert + text.slice(span.to);
}

function spanOf(text: string, edit: Edit): Span | undefined {
  const tree = parse(text);
  const found = find(text, tree, edit.path);
  if (edit.action === "rename") {
    const name = found?.entry?.name;
    return name && { from: name.from, to: name.to, insert: scalar(edit.value ?? "") };
  }
  if (edit.action === "remove") {
    const node = found?.entry?.pair ?? found?.item?.item;
    if (!node || !found?.parent) return undefined;
    return removed(text, found.parent, node, found.item?.dash);
  }
  const insert = edit.action === "add" ? "{}" : scalar(edit.value ?? "");
  if (found?.value) return { from: found.value.from, to: found.value.to, insert };
  const empty = found?.entry?.name ?? found?.item?.item;
  if (empty) {
    const colon = text.indexOf(":", empty.to);
    return { from: colon + 1, to: colon + 1, insert: ` ${insert}` };
  }
  return added(text, edit.path, insert);
}

/** A new key goes below the last one of its map, as far to the right as the others. */
function added(text: string, path: Path, insert: string): Span | undefined {
  const key = path.at(-1);
  const parent = find(text, parse(text), path.slice(0, -1));
  if (typeof key !== "string" || !parent) return undefined;
  const written = `${scalar(key)}: ${insert}`;
  const last = entriesOf(parent.value, text).at(-1);
  if (parent.value?.name === "FlowMapping") {
    const at = last?.pair.to ?? parent.value.from + 1;
    return { from: at, to: at, insert: last ? `, ${written}` : ` ${written} ` };
  }
  if (last) {
    const at = last.pair.to;
    return { from: at, to: at, insert: `\n${" ".repeat(columnOf(text, last.pair.from))}${written}` };
  }
  if (path.length === 1) return { from: text.length, to: text.length, insert: `${text.endsWith("\n") || !text ? "" : "\n"}${written}\n` };
  const head = parent.entry?.name;
  if (!head || parent.value) return undefined;
  const at = text.indexOf(":", head.to) + 1;
  return { from: at, to: at, insert: `\n${" ".repeat(columnOf(text, head.from) + 2)}${written}` };
}

function removed(text: string, parent: SyntaxNode, node: SyntaxNode, dash: SyntaxNode | undefined): Span {
  const count = entriesOf(parent, text).length + itemsOf(parent).length;
  if (parent.name.startsWith("Flow")) {
    const comma = /^\s*,\s*/.exec(text.slice(node.to));
    if (comma) return { from: node.from, to: node.to + comma[0].length, insert: "" };
    const before = /,\s*$/.exec(text.slice(0, node.from));
    return { from: node.from - (before?.[0].length ?? 0), to: node.to, insert: "" };
  }
  const start = dash?.from ?? node.from;
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const end = text.indexOf("\n", node.to);
  const to = end < 0 ? text.length : end + 1;
  if (count === 1 && parent.parent?.name === "Pair") {
    return { from: line, to, insert: `${" ".repeat(start - line)}{}\n` };
  }
  if (text.slice(line, start).trim()) return { from: start, to: node.to, insert: "" };
  return { from: line, to, insert: "" };
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

/** A value or a key as YAML says it; quoted where it would be read as something else. */
export function scalar(value: string | boolean): string {
  if (typeof value === "boolean") return String(value);
  const plain = /^[A-Za-z_$][\w ./$-]*$/.test(value) && !/^(true|false|null|~)$/i.test(value) && !value.endsWith(" ");
  return plain ? value : JSON.stringify(value);
}
