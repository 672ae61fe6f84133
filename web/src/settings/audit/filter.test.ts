import { expect, test } from "vitest";

import { actionName, EVERYTHING, queryOf } from "./filter";

test("what was not chosen is not asked for", () => expect(queryOf(EVERYTHING)).toEqual({}));

test("local times become instants, half typed ones are left out", () => {
  const query = queryOf({ ...EVERYTHING, from: "2026-03-01T10:00", to: "soon", actor: { id: "1", name: "Ada" } });
  expect(query).toEqual({ from: new Date("2026-03-01T10:00").toISOString(), membershipId: "1" });
});

test("unknown actions keep their name", () => {
  expect([actionName("SIGN_IN"), actionName("NEW_ONE")]).toEqual(["Signed in", "NEW_ONE"]);
});
