const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** Says how long ago an instant was (or how soon it is), until a week away; then the date. */
export function ago(iso: string, now: number = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  if (Number.isNaN(seconds)) return iso;
  if (Math.abs(seconds) >= 7 * 86_400) return day(iso);
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return seconds > 0 ? "in a moment" : "just now";
}

/** The date of an instant, in the reader's time zone. */
export function day(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric", timeZone }).format(new Date(iso));
}

/** Date and time of an instant to the second, in the reader's time zone. */
export function moment(iso: string, timeZone?: string): string {
  const options = { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23", timeZone } as const;
  return new Intl.DateTimeFormat("en", options).format(new Date(iso));
}
