/** Times told from now: `3 days ago`, `yesterday`, `in 2 hr.`; the largest unit of which one has passed counts. */
import type { Time } from "./format";

export const RELATIVE: ReadonlySet<string> = new Set(["relative", "relativenumeric", "relativeshort"]);

const UNITS: [string, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const SHORT: Record<string, string> = {
  year: "yr.", month: "mo.", week: "wk.", hour: "hr.", minute: "min.", second: "sec.",
};
const DAY_MS = 86_400_000;

/** Tells a time from `now`, milliseconds of the same wall clock. */
export function relativeText(time: Time, now: number, style: string): string {
  const seconds = time.isDate
    ? (Math.floor(time.ms / DAY_MS) - Math.floor(now / DAY_MS)) * 86_400
    : (time.ms - now) / 1000;
  const [count, unit] = counted(seconds, time.isDate ? 86_400 : 1);
  const word = style === "relative" ? wordOf(count, unit) : undefined;
  if (word) return word;
  const name = style === "relativeshort" && SHORT[unit] ? SHORT[unit] : Math.abs(count) === 1 ? unit : `${unit}s`;
  return count > 0 ? `in ${count} ${name}` : `${-count} ${name} ago`;
}

function counted(seconds: number, smallest: number): [number, string] {
  const size = Math.abs(seconds);
  const fits = UNITS.filter(([, length]) => length >= smallest);
  const [unit, length] = fits.find(([, each]) => size >= each) ?? fits[fits.length - 1] ?? ["second", 1];
  const count = Math.floor(size / length);
  return [seconds > 0 ? count : -count, unit];
}

function wordOf(count: number, unit: string): string | undefined {
  if (unit === "day") return count === 0 ? "today" : count === 1 ? "tomorrow" : count === -1 ? "yesterday" : undefined;
  if (count === 0) return "now";
  if (["week", "month", "year"].includes(unit) && Math.abs(count) === 1) return `${count > 0 ? "next" : "last"} ${unit}`;
  return undefined;
}
