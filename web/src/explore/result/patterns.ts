/** Spreadsheet patterns (`#,##0.00 "kg"`) and time patterns (`%Y-%m`), as the server reads them. */
import type { Locale } from "./locale";
import { type Exact, absolute, grouped, isNegative, plain, rounded, shifted } from "./exact";

type Section = {
  before: string;
  after: string;
  wholeDigits: number;
  fixedPlaces: number;
  places: number;
  grouped: boolean;
  shift: number;
};

const TOKEN = /"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[0#?](?:[0#?,]*[0#?])?,*(?:\.[0#?]*)?,*|\.[0#?]+|./gsu;

/** The writer of a number pattern; undefined when it is none that is known. */
export function numberPattern(text: string, locale: Locale): ((value: Exact) => string) | undefined {
  const sections = sectionsOf(text).map(sectionOf);
  const [positive, second, third] = sections;
  if (sections.length > 3 || !positive) return undefined;
  if ((sections.length > 1 && !second) || (sections.length > 2 && !third)) return undefined;
  const negative = second ?? positive;
  const zero = third ?? positive;
  return (value) => {
    if (value.units === 0n) return render(zero, value, locale);
    if (!isNegative(value)) return render(positive, value, locale);
    const written = render(negative, absolute(value), locale);
    if (negative !== positive) return written;
    return written === render(positive, { units: 0n, scale: 0 }, locale) ? written : `-${written}`;
  };
}

function render(section: Section, size: Exact, locale: Locale): string {
  const [first = "", fraction = ""] = plain(rounded(shifted(size, section.shift), section.places)).split(".");
  let whole = first === "0" && section.wholeDigits === 0 ? "" : first.padStart(section.wholeDigits, "0");
  if (section.grouped) whole = grouped(whole, locale.group);
  const kept = fraction.slice(0, section.fixedPlaces) + fraction.slice(section.fixedPlaces).replace(/0+$/, "");
  return `${section.before}${whole}${kept ? locale.point + kept : ""}${section.after}`;
}

function sectionsOf(text: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === ";" && !quoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function sectionOf(text: string): Section | undefined {
  let before = "";
  let after = "";
  let digits = "";
  let percent = 0;
  for (const token of text.match(TOKEN) ?? []) {
    const first = token[0] ?? "";
    if ("0#?".includes(first) || (first === "." && token.length > 1)) {
      if (digits) return undefined;
      digits = token;
      continue;
    }
    if (first === "%") percent += 2;
    const literal = literalOf(token);
    if (literal === undefined) return undefined;
    if (digits) after += literal;
    else before += literal;
  }
  if (!digits) return undefined;
  const body = digits.replace(/,+$/, "");
  const dot = body.indexOf(".");
  const written = dot < 0 ? body : body.slice(0, dot);
  const fraction = dot < 0 ? "" : body.slice(dot + 1);
  const whole = written.replace(/,+$/, "");
  return {
    before,
    after,
    wholeDigits: whole.split("0").length - 1,
    fixedPlaces: fraction.replace(/[#?]+$/, "").length,
    places: fraction.length,
    grouped: whole.includes(","),
    shift: percent - 3 * (digits.length - body.length) - 3 * (written.length - whole.length),
  };
}

/** What a token outside the digits prints; undefined for what is not done. */
function literalOf(token: string): string | undefined {
  const first = token[0] ?? "";
  if (first === '"') return token.length > 1 && token.endsWith('"') ? token.slice(1, -1) : undefined;
  if (token.length === 2 && "\\_*".includes(first)) return first === "\\" ? token[1] : first === "_" ? " " : "";
  if (first === "[" || /[\p{L}\p{N}@{}]/u.test(token)) return undefined;
  return token;
}

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
const DIRECTIVE = /%([-_0]?)([A-Za-z%])/g;
const DAY_MS = 86_400_000;

const two = (value: number): string => String(value).padStart(2, "0");
const weekday = (at: Date): number => (at.getUTCDay() + 6) % 7;
const dayOfYear = (at: Date): number => Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;

function isoWeek(at: Date): number {
  const thursday = new Date(at.getTime() + (3 - weekday(at)) * DAY_MS);
  return Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
}

/** `ms` is the wall clock taken as UTC, and may hold a fraction: microseconds. */
const TIME: Record<string, (at: Date, ms: number) => string> = {
  Y: (at) => String(at.getUTCFullYear()).padStart(4, "0"),
  y: (at) => two(at.getUTCFullYear() % 100),
  m: (at) => two(at.getUTCMonth() + 1),
  B: (at) => MONTHS[at.getUTCMonth()] ?? "",
  b: (at) => (MONTHS[at.getUTCMonth()] ?? "").slice(0, 3),
  d: (at) => two(at.getUTCDate()),
  e: (at) => String(at.getUTCDate()).padStart(2, " "),
  j: (at) => String(dayOfYear(at)).padStart(3, "0"),
  A: (at) => DAYS[weekday(at)] ?? "",
  a: (at) => (DAYS[weekday(at)] ?? "").slice(0, 3),
  u: (at) => String(weekday(at) + 1),
  w: (at) => String(at.getUTCDay()),
  V: (at) => two(isoWeek(at)),
  q: (at) => String(Math.floor(at.getUTCMonth() / 3) + 1),
  H: (at) => two(at.getUTCHours()),
  I: (at) => two(at.getUTCHours() % 12 || 12),
  M: (at) => two(at.getUTCMinutes()),
  S: (at) => two(at.getUTCSeconds()),
  L: (at) => String(at.getUTCMilliseconds()).padStart(3, "0"),
  f: (_, ms) => String(microseconds(ms)).padStart(6, "0"),
  p: (at) => (at.getUTCHours() < 12 ? "AM" : "PM"),
  "%": () => "%",
};

/** The writer of a time pattern; undefined when a directive is unknown or there is none. */
export function timePattern(text: string): ((ms: number) => string) | undefined {
  const directives = [...text.matchAll(DIRECTIVE)];
  if (directives.length === 0 || directives.some(([, , letter = ""]) => !Object.hasOwn(TIME, letter))) return undefined;
  if (text.replace(DIRECTIVE, "").includes("%")) return undefined;
  return (ms) => {
    const at = new Date(Math.floor(ms));
    return text.replace(DIRECTIVE, (_, padding: string, letter: string) => {
      const written = TIME[letter]?.(at, ms) ?? "";
      if (padding === "-") return written.replace(/^[0 ]+/, "") || "0";
      return padding === "_" && written.startsWith("0") ? ` ${written.slice(1)}` : written;
    });
  };
}

/** The part of a second, in microseconds. */
export function microseconds(ms: number): number {
  return Math.round((ms - Math.floor(ms / 1000) * 1000) * 1000);
}
