import type { Path } from "./tree";

/**
 * Where the cursor is in a file that is being typed, so that it may not parse: read from the lines above.
 * `path` leads to the map (at a key), to the key (at a value), or to the item of a list (at an item).
 */
export type Place = {
  path: Path;
  at: "key" | "value" | "item";
  /** Where what is being typed begins, and what of it stands before the cursor. */
  from: number;
  word: string;
  /** Keys that the map holds already. */
  taken: readonly string[];
};

type Line = { indent: number; dashes: number[]; key: string | undefined; rest: string; keyColumn: number };

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"\-[\]{},][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)/;

export function placeAt(text: string, offset: number): Place {
  const begin = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(begin, offset);
  const lines = text.slice(0, Math.max(0, begin - 1)).split("\n");
  if (begin === 0) lines.length = 0;
  const here = readLine(before);
  const above = parents(lines, here);
  const after = text.slice(begin).split("\n").slice(1);
  const taken = siblings(lines, after, here);
  const inner = before.slice(here.keyColumn);
  const flow = flowPlace(above, here, inner, begin + here.keyColumn);
  if (flow) return { ...flow, taken: flow.at === "key" ? flowKeys(inner) : [] };
  if (here.key !== undefined) {
    const value = here.rest.replace(/^\s+/, "");
    return { path: [...above, here.key], at: "value", from: offset - value.length, word: value, taken: [] };
  }
  const at = here.dashes.length > 0 ? "item" : "key";
  return { path: above, at, from: offset - inner.length, word: inner, taken };
}

function readLine(line: string): Line {
  const prefix = /^(\s*)((?:-(?:\s+|$))*)/.exec(line)!;
  const indent = prefix[1]!.length;
  const dashes = [...prefix[2]!.matchAll(/-/g)].map((each) => indent + each.index);
  const keyColumn = prefix[0].length;
  const rest = line.slice(keyColumn);
  const key = KEY.exec(rest);
  if (!key) return { indent, dashes, key: undefined, rest, keyColumn };
  return { indent, dashes, key: bare(key[1]!), rest: rest.slice(key[0].length), keyColumn };
}

/** The path to what holds the line: the keys above that stand further left, and the places in lists. */
function parents(lines: readonly string[], here: Line): (string | number)[] {
  const path: (string | number)[] = [];
  let column = here.keyColumn;
  let dashes = [...here.dashes];
  let index = 0;
  const close = () => {
    // one list is counted from its items; what holds it may stand as far left as its dashes
    path.unshift(index);
    column = dashes.pop()! + 1;
    index = 0;
  };
  let inList = dashes.length > 0;
  while (dashes.length > 1) close();
  for (let at = lines.length - 1; at >= 0 && (column > 0 || inList); at--) {
    const line = lines[at]!;
    if (!line.trim() || /^\s*#/.test(line)) continue;
    const read = readLine(line);
    const dash = dashes.at(-1);
    if (inList && dash !== undefined) {
      if (read.dashes.includes(dash)) {
        index += 1;
        continue;
      }
      if (read.indent > dash || (read.indent === dash && read.dashes.length > 0)) continue;
      close();
      inList = false;
    }
    if (read.dashes.length > 0 && read.keyColumn <= column && read.dashes.at(-1)! < column) {
      if (read.keyColumn < column && read.key !== undefined) path.unshift(read.key);
      dashes = [...read.dashes];
      column = read.dashes.at(-1)!;
      inList = true;
      while (dashes.length > 1) close();
      continue;
    }
    if (read.keyColumn < column && read.key !== undefined) {
      path.unshift(read.key);
      column = read.keyColumn;
    }
  }
  if (inList) path.unshift(index);
  return path;
}

/** Keys beside the one that is typed: those at its column, until a line further left. */
function siblings(above: readonly string[], below: readonly string[], here: Line): string[] {
  const found: string[] = [];
  const look = (lines: readonly string[]) => {
    for (const line of lines) {
      if (!line.trim() || /^\s*#/.test(line)) continue;
      const read = readLine(line);
      if (read.keyColumn === here.keyColumn && read.key !== undefined) found.push(read.key);
      if (read.indent < here.keyColumn) return;
    }
  };
  look([...above].reverse());
  look(below);
  return found;
}

/** Inside `{ }` or `[ ]` of the line: the place between its brackets. */
function flowPlace(above: Path, here: Line, inner: string, start: number): Omit<Place, "taken"> | undefined {
  const head = here.key === undefined ? [...above] : [...above, here.key];
  const stack: { open: string; key: string | undefined; index: number }[] = [];
  let from = here.key === undefined ? 0 : inner.length - here.rest.length;
  for (let at = from, quote = ""; at < inner.length; at++) {
    const sign = inner[at]!;
    const top = stack.at(-1);
    if (quote) {
      if (sign === quote) quote = "";
    } else if (inner.startsWith("${", at) || inner.startsWith("@{", at) || inner.startsWith("{{", at)) {
      at += 1;
      const end = inner.indexOf("}", at);
      if (end < 0) break;
      at = inner[end + 1] === "}" ? end + 1 : end;
    } else if ((sign === "'" || sign === '"') && !inner.slice(from, at).trim()) quote = sign;
    else if ((sign === "{" || sign === "[") && !inner.slice(from, at).trim() && (top || at >= from)) {
      stack.push({ open: sign, key: undefined, index: 0 });
      from = at + 1;
    } else if (!top) continue;
    else if (sign === "}" || sign === "]") {
      stack.pop();
      from = at + 1;
    } else if (sign === ",") {
      top.index += 1;
      top.key = undefined;
      from = at + 1;
    } else if (sign === ":" && top.open === "{" && top.key === undefined) {
      top.key = bare(inner.slice(from, at).trim());
      from = at + 1;
    }
  }
  const top = stack.at(-1);
  if (!top) return undefined;
  const path: (string | number)[] = [...head];
  for (const each of stack) {
    if (each.open === "[") path.push(each.index);
    else if (each.key !== undefined) path.push(each.key);
  }
  const word = inner.slice(from).replace(/^\s+/, "");
  const at = top.open === "[" ? "item" : top.key === undefined ? "key" : "value";
  return { path, at, from: start + inner.length - word.length, word };
}

function flowKeys(inner: string): string[] {
  return [...inner.slice(inner.lastIndexOf("{") + 1).matchAll(/([\w.]+)\s*:/g)].map((each) => each[1]!);
}

function bare(word: string): string {
  return word.replace(/^(['"])(.*)\1$/s, "$2");
}
