import { entriesOf, parse, rootOf, wordOf } from "../yaml/tree";
import { fileKind } from "./language";
import { Names, type Definition } from "./names";
import { lineOf } from "./spans";

const SECTIONS = [
  ["dimensions", "dimension"],
  ["measures", "measure"],
  ["filters", "filter"],
] as const;
const LONGEST = 300_000;

/** The names of a model as it is typed: views and topics of unsaved texts take the place of the saved ones. */
export function withDrafts(saved: Names, texts: Readonly<Record<string, string>>): Names {
  const files = Object.entries(texts).filter(([, text]) => text.length < LONGEST);
  if (files.length === 0) return saved;
  const typed = new Set(files.map(([file]) => file));
  const kept = saved.all.filter((each) => !typed.has(each.file) || fileKind(each.file) === "model");
  return new Names([...kept, ...files.flatMap(([file, text]) => namesIn(file, text, saved))]);
}

function namesIn(file: string, text: string, saved: Names): Definition[] {
  const kind = fileKind(file);
  if (kind === "topic" || kind === "composite_topic") {
    const name = file.replace(/^.*\/|\.(composite_)?topic$/g, "");
    return [{ kind, name, file, line: 1, column: 1, layer: "" }];
  }
  const name = saved.viewIn(file);
  if (kind !== "view" || name === undefined) return [];
  const view: Definition = saved.view(name) ?? { kind: "view", name, file, line: 1, column: 1, layer: "" };
  return [view, ...fieldsIn(file, text, name, saved)];
}

function fieldsIn(file: string, text: string, view: string, saved: Names): Definition[] {
  const sections = entriesOf(rootOf(parse(text)), text);
  return SECTIONS.flatMap(([key, kind]) => {
    const fields = entriesOf(sections.find((each) => each.key === key)?.value, text);
    return fields.map(({ key: name, name: node, value }) => {
      const begin = text.lastIndexOf("\n", node.from - 1) + 1;
      const said = (word: string) => {
        const found = entriesOf(value, text).find((each) => each.key === word)?.value;
        return found && wordOf(found, text);
      };
      const typed = { label: said("label"), description: said("description"), aggregateType: said("aggregate_type") };
      const before = saved.field(view, name);
      const place = { line: lineOf(text, node.from), column: node.from - begin + 1 };
      return { layer: "", ...before, ...withoutNothing(typed), kind, name, view, file, ...place };
    });
  });
}

function withoutNothing<T extends object>(values: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
