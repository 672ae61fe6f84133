import { yamlLanguage } from "@codemirror/lang-yaml";
import type { SyntaxNode, Tree } from "@lezer/common";

/** The way from a file's root to a place: keys of maps, indexes of lists. */
export type Path = readonly (string | number)[];

export type Entry = { key: string; pair: SyntaxNode; name: SyntaxNode; value: SyntaxNode | undefined };
export type Item = { dash: SyntaxNode | undefined; item: SyntaxNode; value: SyntaxNode | undefined };

const VALUES = new Set([
  "Literal",
  "QuotedLiteral",
  "BlockLiteral",
  "BlockMapping",
  "BlockSequence",
  "FlowMapping",
  "FlowSequence",
]);

export const parse = (text: string): Tree => yamlLanguage.parser.parse(text);

export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let each = node.firstChild; each; each = each.nextSibling) found.push(each);
  return found;
}

/** The map or list or text that is the whole file. */
export function rootOf(tree: Tree): SyntaxNode | undefined {
  const document = tree.topNode.getChild("Document");
  return document ? children(document).find((each) => VALUES.has(each.name)) : undefined;
}

/** The entries of a map, as they are written; nothing for anything else. */
export function entriesOf(node: SyntaxNode | undefined, text: string): Entry[] {
  if (node?.name !== "BlockMapping" && node?.name !== "FlowMapping") return [];
  const found: Entry[] = [];
  for (const pair of children(node)) {
    if (pair.name !== "Pair") continue;
    const parts = children(pair);
    const name = parts.find((each) => each.name === "Key");
    if (!name) continue;
    const value = parts.slice(parts.indexOf(name) + 1).find((each) => VALUES.has(each.name));
    found.push({ key: wordOf(name, text), pair, name, value });
  }
  return found;
}

/** The items of a list. */
export function itemsOf(node: SyntaxNode | undefined): Item[] {
  if (node?.name !== "BlockSequence" && node?.name !== "FlowSequence") return [];
  let dash: SyntaxNode | undefined;
  const found: Item[] = [];
  for (const each of children(node)) {
    if (each.name === "-") dash = each;
    if (each.name !== "Item") continue;
    found.push({ dash, item: each, value: children(each).find((part) => VALUES.has(part.name)) });
  }
  return found;
}

/** What a key or a scalar says, without its quotes. */
export function wordOf(node: SyntaxNode, text: string): string {
  return unquoted(text.slice(node.from, node.to).trim());
}

export function unquoted(written: string): string {
  if (written.length > 1 && written.startsWith("'") && written.endsWith("'")) {
    return written.slice(1, -1).replaceAll("''", "'");
  }
  if (written.length > 1 && written.startsWith('"') && written.endsWith('"')) {
    try {
      return JSON.parse(written) as string;
    } catch {
      return written.slice(1, -1);
    }
  }
  return written;
}

export type Found = { entry?: Entry; item?: Item; value: SyntaxNode | undefined; parent: SyntaxNode | undefined };

/** Walks a path down; undefined where a part of it is not there. */
export function find(text: string, tree: Tree, path: Path): Found | undefined {
  let found: Found = { value: rootOf(tree), parent: undefined };
  for (const part of path) {
    const parent: SyntaxNode | undefined = found.value;
    if (typeof part === "number") {
      const item: Item | undefined = itemsOf(parent)[part];
      if (!item) return undefined;
      found = { item, value: item.value, parent };
    } else {
      const entry: Entry | undefined = entriesOf(parent, text).find((each) => each.key === part);
      if (!entry) return undefined;
      found = { entry, value: entry.value, parent };
    }
  }
  return found;
}
