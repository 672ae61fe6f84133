import { expect, it } from "vitest";

import type { Definition } from "../code/names";
import { quickly } from "./quick";

const field = (view: string, name: string): Definition => ({
  kind: "dimension",
  name,
  view,
  file: `${view}.view`,
  line: 4,
  column: 3,
  layer: "1",
});

it("finds files first, and fields by view and name", () => {
  const hits = quickly(["main/users.view", "orders.topic"], [field("users", "state"), field("orders", "user_id")], "user");
  expect(hits.map((each) => each.name)).toEqual(["main/users.view", "users.state", "orders.user_id"]);
  expect(hits[1]).toMatchObject({ file: "users.view", line: 4 });
});

it("lists the files while nothing is typed", () => {
  expect(quickly(["b", "a.view"], [field("x", "y")], "").map((each) => each.name)).toEqual(["b", "a.view"]);
});
