/**
 * How a value of a result is read: named formats and patterns, as the server writes them with `formatResults`.
 * Numbers are exact and halves go away from zero; an unknown format changes nothing.
 */
import { type Exact, absolute, exactOf, grouped, isNegative, plain, rounded, shifted, shortest } from "./exact";
import { microseconds, numberPattern, timePattern } from "./patterns";
import { type Locale, localeOf } from "./locale";
import { RELATIVE, relativeText } from "./relative";

/** A time: milliseconds of the wall clock taken as UTC, with or without a clock. */
export type Time = { ms: number; isDate: boolean; isZoned?: boolean };
export type Value = null | undefined | string | number | bigint | boolean | Exact | Time | readonly Value[];
export type Formatter = (value: Value) => string;

const NAMED =
  /^(?:(number|percent|id|thousands|millions|billions|trillions|big|bignumber)|(big)?(usd|eur|gbp|jpy|brl|aud)?(currency|accounting|financial))(?:_([0-9]))?$/i;
const SYMBOLS: Record<string, string> = { usd: "$", eur: "€", gbp: "£", jpy: "¥", brl: "R$", aud: "A$" };
const SCALES: Record<string, [number, string]> = {
  thousands: [3, "K"],
  millions: [6, "M"],
  billions: [9, "B"],
  trillions: [12, "T"],
};
const STEPS: [number, string][] = [[12, "T"], [9, "B"], [6, "M"], [3, "K"]];
const LONGEST = 200;
const known = new Map<string, Formatter>();

/** How values are read: the numbers' locale, and the present on the wall clock that times are of. */
export type Setting = { locale?: string | undefined; now?: number | undefined };

/** The function that writes values in `format`, for a whole column at once. */
export function formatter(format: string | undefined, { locale = "en_US", now = Date.now() }: Setting = {}): Formatter {
  if (!format) return defaultText;
  if (RELATIVE.has(format.trim().toLowerCase())) return relative(format.trim().toLowerCase(), now);
  const key = `${locale} ${format}`;
  let found = known.get(key);
  if (!found) {
    found = make(format, localeOf(locale));
    if (known.size < 1000) known.set(key, found);
  }
  return found;
}

/** Writes one number, for axes and tooltips. */
export function formatNumber(value: number, format: string | undefined): string {
  return formatter(format)(value);
}

function make(format: string, locale: Locale): Formatter {
  if (format.length > LONGEST) return defaultText;
  const named = NAMED.exec(format.trim());
  if (named) return ofNumbers(writerOf(named, locale));
  const pattern = numberPattern(format, locale);
  if (pattern) return ofNumbers(pattern);
  const times = timePattern(format);
  return times ? (value) => (isTime(value) ? times(value.ms) : defaultText(value)) : defaultText;
}

function relative(style: string, now: number): Formatter {
  return (value) => (isTime(value) ? relativeText(value, now, style) : defaultText(value));
}

function ofNumbers(write: (value: Exact) => string): Formatter {
  return (value) => {
    const number = numberOf(value);
    return number ? write(number) : defaultText(value);
  };
}

function numberOf(value: Value): Exact | undefined {
  if (typeof value === "number" || typeof value === "bigint") return exactOf(value);
  return isExact(value) ? value : undefined;
}

const isExact = (value: Value): value is Exact => typeof value === "object" && value !== null && "units" in value;
const isTime = (value: Value): value is Time => typeof value === "object" && value !== null && "ms" in value;

function writerOf(found: RegExpExecArray, locale: Locale): (value: Exact) => string {
  const [, plainName, big, money, kind, written] = found;
  const places = written === undefined ? undefined : Number(written);
  if (kind) return moneyOf(kind.toLowerCase(), (money ?? "").toLowerCase(), big ? scaled : digits, places, locale);
  const name = (plainName ?? "").toLowerCase();
  if (name === "id") return signed((size) => plain(rounded(size, 0)), "", localeOf("en_US"));
  if (name === "percent") return signed((size) => short(shifted(size, 2), places), "%", locale);
  const scale = SCALES[name];
  if (scale) return signed((size) => short(shifted(size, -scale[0]), places), scale[1], locale);
  return signed((size) => (name === "number" ? digits : scaled)(size, places), "", locale);
}

type Body = (size: Exact, places: number | undefined) => string;

function moneyOf(kind: string, currency: string, body: Body, asked: number | undefined, locale: Locale) {
  const places = asked ?? (currency === "jpy" ? 0 : 2);
  const home = kind === "financial" ? { before: "", after: "" } : locale;
  const before = currency ? (SYMBOLS[currency] ?? "") : home.before;
  const after = currency ? "" : home.after;
  return (value: Exact): string => {
    const digits = body(absolute(value), places);
    const size = locale.number(digits);
    if (!isNegative(value) || !saysSomething(digits)) return before + size + after;
    if (kind === "currency") return `-${before}${size}${after}`;
    return kind === "accounting" ? `${before}(${size})${after}` : `(${before}${size}${after})`;
  };
}

function signed(write: (size: Exact) => string, after: string, locale: Locale): (value: Exact) => string {
  return (value) => {
    const size = write(absolute(value));
    return `${isNegative(value) && saysSomething(size) ? "-" : ""}${locale.number(size)}${after}`;
  };
}

/** Whether rounding left more than zeros: nobody wants to read `-0.00`. */
const saysSomething = (written: string): boolean => /[1-9]/.test(written);

function digits(size: Exact, places: number | undefined): string {
  return places === undefined ? shortest(size) : grouped(plain(rounded(size, places)));
}

/** Like `digits`, but at most two decimals when nothing is said. */
function short(size: Exact, places: number | undefined): string {
  return places === undefined ? shortest(rounded(size, 2)) : digits(size, places);
}

function scaled(size: Exact, places: number | undefined): string {
  for (const [power, letter] of STEPS) {
    const part = shifted(size, -power);
    const near = rounded(part, places ?? 2);
    if (near.units >= 10n ** BigInt(near.scale)) return short(part, places) + letter;
  }
  return short(size, places);
}

/** Writes a value without a format: exact, no separators, ISO dates. */
export function defaultText(value: Value): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return doubleText(value);
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return (value as readonly Value[]).map(defaultText).join(", ");
  if (isExact(value)) return plain(value);
  return isTime(value) ? timeText(value) : "";
}

/** A double as Python writes it: always with a point or an exponent. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 16) return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  if (Object.is(value, -0)) return "-0.0";
  const exact = exactOf(value);
  const written = exact ? plain(exact) : String(value);
  return written.includes(".") ? written : `${written}.0`;
}

function timeText(time: Time): string {
  const at = new Date(Math.floor(time.ms));
  if (Number.isNaN(at.getTime())) return "";
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${String(at.getUTCFullYear()).padStart(4, "0")}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  if (time.isDate) return day;
  const part = microseconds(time.ms);
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${day} ${clock}${part ? `.${String(part).padStart(6, "0")}` : ""}${time.isZoned ? "+00:00" : ""}`;
}
