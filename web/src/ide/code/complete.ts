import { text } from "~/text";
import { placeAt, type Place } from "../yaml/place";
import { keyAt, keysAt, wordsOf, type FileKind, type Key, type Language } from "./language";
import type { Definition, Names } from "./names";
import { isCondition, namesFor, wantedAt } from "./references";

export type Option = { label: string; apply: string; detail: string; info: string; boost: number };
export type Offer = { from: number; options: Option[] };

/** What the editor knows: the language, the names of the model, and the file being written. */
export type Known = { language: Language | undefined; names: Names; file: string; kind: FileKind };

const REFERENCE = /\$\{([\w.]*)$/;
const CONSTANT = /@\{(\w*)$/;

/** What may be written at an offset: names inside `${ }` and `@{ }`, else keys and values of the place. */
export function offerAt(said: string, offset: number, known: Known): Offer | undefined {
  const line = said.slice(said.lastIndexOf("\n", offset - 1) + 1, offset);
  if (/^\s*#/.test(line)) return undefined;
  const reference = REFERENCE.exec(line);
  if (reference) return references(reference[1]!, offset, known);
  const constant = CONSTANT.exec(line);
  if (constant) {
    const options = known.names.of("constant").map((each) => ofName(each.name, each, "}"));
    return { from: offset - constant[1]!.length, options };
  }
  const place = placeAt(said, offset);
  if (/^['"|>]/.test(place.word)) return undefined;
  const options = [...byLanguage(place, known), ...byName(place, known)];
  return options.length > 0 ? { from: place.from, options: unique(options) } : undefined;
}

function references(written: string, offset: number, { names, file }: Known): Offer {
  const dot = written.indexOf(".");
  if (dot >= 0) {
    const fields = names.fieldsOf(written.slice(0, dot));
    return { from: offset - (written.length - dot - 1), options: fields.map((each) => ofName(each.name, each, "}")) };
  }
  const own = names.viewIn(file);
  const near = own === undefined ? [] : names.fieldsOf(own).map((each) => ofName(each.name, each, "}", 1));
  const views = names.views.filter((each) => each.name !== own).map((each) => ofName(each.name, each, "."));
  return { from: offset - written.length, options: [...near, ...views] };
}

function byLanguage(place: Place, known: Known): Option[] {
  const { language, kind } = known;
  const keys = () => keysAt(language, kind, place.path).filter((each) => each.status !== "refused");
  if (place.at === "key") {
    const operators = isCondition(place.path) ? (language?.filterOperators ?? []) : [];
    return [
      ...keys().filter((each) => !place.taken.includes(each.name)).map(ofKey),
      ...operators.map((each) => option(each.name, `${each.name}: `, "", each.description, 1)),
    ];
  }
  const isItem = place.at === "item";
  const key = keyAt(language, kind, isItem ? place.path.slice(0, -1) : place.path);
  const words = wordsOf(language, key, isItem).map((each) => option(each, each, "", ""));
  return isItem ? [...words, ...keys().map(ofKey)] : words;
}

function byName(place: Place, known: Known): Option[] {
  const wanted = wantedAt(place, known.kind);
  if (!wanted) return [];
  const end = place.at === "key" ? ": " : "";
  return namesFor(wanted, known.names, known.file).map(({ name, definition }) => ofName(name, definition, end));
}

function ofKey(key: Key): Option {
  const isMap = key.types.length === 1 && key.types[0] === "map";
  return option(key.name, isMap ? `${key.name}:` : `${key.name}: `, typeWords(key), key.description, 2);
}

/** What may stand in a key, in words; that it has no effect, where it has none. */
export function typeWords(key: Key): string {
  return key.status === "no_effect" ? text.ide.noEffect : key.types.join(text.ide.or);
}

function ofName(name: string, definition: Definition, end: string, boost = 0): Option {
  return option(name, name + end, kindWord(definition), about(definition), boost);
}

function option(label: string, apply: string, detail: string, info: string, boost = 0): Option {
  return { label, apply, detail, info, boost };
}

/** Says in a word what a name is: `sum`, `timestamp`, `view`. */
export function kindWord(each: Definition): string {
  return (each.aggregateType ?? each.dataType ?? each.kind).toLowerCase().replaceAll("_", " ");
}

/** What people wrote about a name. */
export function about(each: Definition): string {
  return [each.label, each.description].filter(Boolean).join(". ");
}

function unique(options: readonly Option[]): Option[] {
  const seen = new Set<string>();
  return options.filter((each) => !seen.has(each.label) && seen.add(each.label));
}
