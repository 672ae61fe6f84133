import { expect, it } from "vitest";

import type { FieldInfo } from "~/explore/types";
import { matching, queryOf } from "./tryQuery";

const field = (name: string, hidden = false) => ({ name, label: name, viewLabel: "Orders", hidden }) as FieldInfo;

it("finds by every word, hidden fields only when they are looked for", () => {
  const all = [field("orders.state"), field("orders.secret", true)];
  expect(matching(all, "").shown).toHaveLength(1);
  expect(matching(all, "ORDERS sec").shown.map((each) => each.name)).toEqual(["orders.secret"]);
  expect(matching(Array.from({ length: 100 }, (_, at) => field(`f${at}`)), "").more).toBe(40);
});

it("asks few rows", () => {
  expect(queryOf(["orders.state"])).toMatchObject({ fields: ["orders.state"], limit: 100, sql: null });
});
