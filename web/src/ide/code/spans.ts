import { diff } from "@codemirror/merge";
import type { Tree } from "@lezer/common";

/** The text that a place (line and column from 1) means: the key or value that begins there, else the rest of the line. */
export function spanAt(text: string, tree: Tree, line: number, column: number): { from: number; to: number } {
  const begin = startOfLine(text, line);
  const newline = text.indexOf("\n", begin);
  const end = newline < 0 ? text.length : newline;
  const from = Math.min(begin + Math.max(0, column - 1), end);
  const node = tree.resolveInner(from, 1);
  const isWord = /Literal$|^Key$/.test(node.name) && node.from <= from;
  const to = isWord ? Math.min(node.to, end) : end;
  if (to > from) return { from, to };
  return from > begin ? { from: begin, to: end } : { from, to: Math.max(from, end) };
}

export function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let count = 1; count < line; count++) {
    const next = text.indexOf("\n", at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}

export function lineOf(text: string, offset: number): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** The replacements that make one text of another, as small as they can be, so that the cursor stays where it is. */
export function replacements(before: string, after: string): { from: number; to: number; insert: string }[] {
  return diff(before, after, { scanLimit: 1000, timeout: 200 }).map(({ fromA, toA, fromB, toB }) => ({
    from: fromA,
    to: toA,
    insert: after.slice(fromB, toB),
  }));
}
