import { placeAt } from "../yaml/place";
import { about, kindWord, typeWords, type Known } from "./complete";
import { keyAt } from "./language";
import { definitionOf, tokenAt } from "./references";

export type Explanation = { from: number; to: number; title: string; detail: string; body: string; place: string };

/** What is known of the word under the mouse: the key of the language, or the thing that it names. */
export function explain(text: string, offset: number, known: Known): Explanation | undefined {
  const token = tokenAt(text, offset);
  if (!token) return undefined;
  const key = keyUnder(text, token.from, token.to, known);
  if (key) {
    return { from: token.from, to: token.to, title: key.name, detail: typeWords(key), body: key.description, place: "" };
  }
  const place = placeAt(text, token.to);
  const found = definitionOf(text, offset, place, known.file, known.kind, known.names);
  if (!found) return undefined;
  const { definition } = found;
  const title = definition.view ? `${definition.view}.${definition.name}` : definition.name;
  const where = `${definition.file}:${definition.line}`;
  return { from: found.from, to: found.to, title, detail: kindWord(definition), body: about(definition), place: where };
}

function keyUnder(text: string, from: number, to: number, known: Known) {
  if (!/^['"]?\s*:(\s|$)/.test(text.slice(to, to + 12))) return undefined;
  const place = placeAt(text, from);
  const path = place.at === "key" || place.at === "item" ? place.path : [];
  return keyAt(known.language, known.kind, [...path, text.slice(from, to)]);
}
