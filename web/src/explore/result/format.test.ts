import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { exactOf } from "./exact";
import { type Value, formatter } from "./format";
import { wallClock } from "./locale";

type Told = null | string | boolean | { [kind: string]: unknown };

/** What the server's own function wrote: tests/web/test_format_cases.py keeps the table true. */
const cases = JSON.parse(readFileSync(new URL("format.cases.json", import.meta.url), "utf8")) as [
  Told,
  Record<string, string>,
  string?,
][];

function valueOf(told: Told): Value {
  if (told === null || typeof told !== "object") return told;
  if ("int" in told) return BigInt(told.int as string);
  if ("double" in told) return Number((told.double as string).replace("inf", "Infinity"));
  if ("list" in told) return (told.list as Told[]).map(valueOf);
  if ("decimal" in told) {
    const [whole = "", fraction = ""] = (told.decimal as string).split(".");
    return { units: BigInt(whole + fraction), scale: fraction.length };
  }
  const isDate = "date" in told;
  const [seconds = "", part = "0"] = ((told.date ?? told.time) as string).split(".");
  return { ms: Date.parse(`${seconds}${isDate ? "T00:00:00" : ""}Z`) + Number(part.padEnd(6, "0")) / 1000, isDate };
}

const named = cases.map(([told, texts, locale]) => ({
  name: `${JSON.stringify(told)} ${locale ?? ""}`,
  told,
  texts,
  locale,
}));

test.each(named)("$name is written as the server does", ({ told, texts, locale }) => {
  const value = valueOf(told);
  const write = (format: string) => formatter(format, { locale })(value);
  const written = Object.fromEntries(Object.keys(texts).map((format) => [format, write(format)]));
  expect(written).toEqual(texts);
});

test("a double is read by its shortest digits", () => {
  expect(exactOf(0.1 + 0.2)).toEqual({ units: 30000000000000004n, scale: 17 });
  expect(exactOf(1e22)).toEqual({ units: 10n ** 22n, scale: 0 });
});

test("the present is told on the clock of a zone", () => {
  expect(wallClock("Asia/Kolkata", Date.UTC(2026, 5, 30, 20))).toBe(Date.UTC(2026, 6, 1, 1, 30));
  expect(wallClock("Mars/Olympus", 5)).toBe(5);
});

test("relative times are told from now", () => {
  const now = Date.UTC(2026, 5, 30, 12);
  const at = (ms: number) => formatter("relative", { now })({ ms, isDate: false });
  expect(at(now - 3 * 3_600_000)).toBe("3 hours ago");
  expect(at(now + 86_400_000)).toBe("tomorrow");
  expect(formatter("relativeshort", { now })({ ms: now + 7_200_000, isDate: false })).toBe("in 2 hr.");
  expect(formatter("relative", { now })({ ms: Date.UTC(2026, 5, 29), isDate: true })).toBe("yesterday");
});
