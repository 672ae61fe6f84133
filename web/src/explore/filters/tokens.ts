/** The text of a filter as alternatives between commas; `\,` is a comma within one. */

/** Where the alternative begins that is being typed, and what of it is there. */
export function lastPart(text: string): { start: number; typed: string } {
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === ",") start = at + 1;
  }
  const blank = /^\s*/.exec(text.slice(start))?.[0].length ?? 0;
  return { start: start + blank, typed: unescaped(text.slice(start + blank)) };
}

const unescaped = (part: string): string => part.replace(/\\(.)/g, "$1");

/** Words that the language reads itself: a value that begins so is told by a wildcard of nothing else. */
const SPECIAL = /^(?:not\b|-|contains\b|starts with\b|ends with\b|is empty$|null$)|%/i;

/** A value as a part of a filter's text; undefined where no text says it. */
export function written(value: string): string | undefined {
  if (value === "" || SPECIAL.test(value) || value !== value.trim()) return undefined;
  return value.replaceAll("\\", "\\\\").replaceAll(",", "\\,");
}

/** Puts a value in the place of the part that is being typed. */
export function withValue(text: string, value: string): string | undefined {
  const part = written(value);
  if (part === undefined) return undefined;
  const { start } = lastPart(text);
  const before = text.slice(0, start);
  const denied = /^(not |-)/i.exec(text.slice(start))?.[0] ?? "";
  return `${before}${denied}${part}`;
}

/** What is looked for among the values: the words of an operator in front are not. */
export function wanted(text: string): string {
  return lastPart(text)
    .typed.replace(/^(?:not |-)/i, "")
    .replace(/^(?:contains|starts with|ends with) /i, "")
    .replaceAll("%", "")
    .trim();
}
