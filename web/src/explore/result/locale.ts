/** How numbers are written in a country, as the server's `default_numeric_locale` says. */
export type Locale = {
  group: string;
  point: string;
  /** What stands around money without a currency of its own. */
  before: string;
  after: string;
  /** Turns a number written as `1,234.5` into this locale's. */
  number: (written: string) => string;
};

const SPACE = "\u00a0";

function made(group: string, point: string, before: string, after: string): Locale {
  const number = (written: string) =>
    written.replace(/[,.]/g, (mark) => (mark === "," ? group : point));
  return { group, point, before, after, number };
}

const ENGLISH = made(",", ".", "$", "");
const LOCALES = new Map([
  ["fr_FR", made(SPACE, ",", "", `${SPACE}€`)],
  ["nl_NL", made(".", ",", `€${SPACE}`, "")],
]);

export const localeOf = (name: string): Locale => LOCALES.get(name) ?? ENGLISH;

/** The present on the wall clock of a zone, taken as UTC; UTC's where the zone is not known here. */
export function wallClock(zone: string | undefined, now = Date.now()): number {
  if (!zone || zone === "UTC") return now;
  try {
    const parts = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    }).formatToParts(now);
    const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
    return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  } catch {
    return now;
  }
}
