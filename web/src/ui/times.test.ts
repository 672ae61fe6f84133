import { expect, test } from "vitest";

import { ago, day, moment } from "./times";

const NOW = Date.parse("2026-03-10T12:00:00Z");

test.each([
  ["2026-03-10T11:59:40Z", "just now"],
  ["2026-03-10T12:00:20Z", "in a moment"],
  ["2026-03-10T11:59:00Z", "1 minute ago"],
  ["2026-03-10T09:10:00Z", "2 hours ago"],
  ["2026-03-09T11:00:00Z", "yesterday"],
  ["2026-03-05T11:00:00Z", "5 days ago"],
  ["2026-03-12T13:00:00Z", "in 2 days"],
  ["not a time", "not a time"],
])("%s is %s", (iso, said) => expect(ago(iso, NOW)).toBe(said));

test("beyond a week the date says more", () => {
  expect(ago("2025-12-31T12:00:00Z", NOW)).toBe(day("2025-12-31T12:00:00Z"));
});

test("dates and times follow the reader's time zone", () => {
  expect(day("2026-01-01T02:00:00Z", "America/New_York")).toBe("Dec 31, 2025");
  expect(moment("2026-01-01T02:00:05Z", "UTC")).toBe("Jan 1, 2026, 02:00:05");
});
