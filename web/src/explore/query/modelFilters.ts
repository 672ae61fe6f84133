/**
 * Filters as model files write them (`{orders.status: {is: [Complete, Shipped]}}`) as texts that a query takes.
 * Conditions that no text says are left out: a default filter is a suggestion, and what always holds is the server's.
 */
import type { FilterLine } from "../types";

type Scalar = string | number | boolean | null;

export function filterTexts(written: unknown): FilterLine[] {
  if (typeof written !== "object" || written === null) return [];
  return Object.entries(written).flatMap(([field, conditions]) => {
    const said = textOf(conditions);
    return said === undefined ? [] : [{ field, filter: said }];
  });
}

function textOf(conditions: unknown): string | undefined {
  if (typeof conditions !== "object" || conditions === null) return undefined;
  const texts: string[] = [];
  for (const [operator, value] of Object.entries(conditions)) {
    const values = (Array.isArray(value) ? value : [value]) as Scalar[];
    const make = Object.hasOwn(WRITERS, operator) ? WRITERS[operator] : undefined;
    const said = values.every(isScalar) ? make?.(values) : undefined;
    if (said !== undefined) texts.push(said);
  }
  return texts.length === 1 ? texts[0] : undefined;
}

const isScalar = (value: unknown): value is Scalar => value === null || typeof value !== "object";
const one = (value: Scalar): string => (value === null ? "null" : String(value).replaceAll(",", "\\,"));
const each = (prefix: string) => (values: Scalar[]) => values.map((value) => prefix + one(value)).join(",");
const pair = (before: string, between: string) => (values: Scalar[]) =>
  values.length === 2 ? `${before}${one(values[0] ?? null)}${between}${one(values[1] ?? null)}` : undefined;

const WRITERS: Record<string, (values: Scalar[]) => string | undefined> = {
  is: each(""),
  not: each("not "),
  contains: each("contains "),
  starts_with: each("starts with "),
  ends_with: each("ends with "),
  greater_than: each(">"),
  greater_than_or_equal_to: each(">="),
  less_than: each("<"),
  less_than_or_equal_to: each("<="),
  between: pair("between ", " and "),
  between_dates: pair("", " to "),
  before: each("before "),
  on_or_after: each("on or after "),
  time_for_duration: pair("", " for "),
};
