import { describe, expect, it } from "vitest";

import { applyEdit, scalar, type Edit } from "./edits";

const edit = (action: Edit["action"], path: (string | number)[], value: string | boolean | null = null): Edit => ({
  file: "a.view",
  action,
  path,
  value,
});

const VIEW = "# said\nlabel: Orders\ndimensions:\n  id: { formt: id, hidden: true }\n  state:\n    labl: State # why\ntags:\n  - a\n  - b\n";

describe("changes that the server proposes", () => {
  it.each([
    [edit("rename", ["dimensions", "state", "labl"], "label"), "    label: State # why\n"],
    [edit("rename", ["dimensions", "id", "formt"], "format"), "  id: { format: id, hidden: true }\n"],
    [edit("remove", ["dimensions", "id", "formt"]), "  id: { hidden: true }\n"],
    [edit("remove", ["dimensions", "id", "hidden"]), "  id: { formt: id }\n"],
    [edit("set", ["label"], "My: Orders"), 'label: "My: Orders"\n'],
    [edit("set", ["dimensions", "id", "hidden"], false), "hidden: false }\n"],
    [edit("set", ["tags", 1], "c"), "  - a\n  - c\n"],
    [edit("remove", ["tags", 0]), "tags:\n  - b\n"],
    [edit("add", ["measures"], ""), "  - b\nmeasures: {}\n"],
    [edit("set", ["dimensions", "state", "hidden"], true), "# why\n"],
  ])("%j", (made, expected) => {
    expect(applyEdit(VIEW, made)).toContain(expected);
  });

  it("leaves an empty map where the only key goes", () => {
    expect(applyEdit(VIEW, edit("remove", ["dimensions", "state", "labl"]))).toContain("  state:\n    {}\ntags:");
  });

  it("does nothing where the place is gone", () => {
    expect(applyEdit(VIEW, edit("rename", ["nowhere", "x"], "y"))).toBeUndefined();
    expect(applyEdit(VIEW, edit("remove", ["tags", 7]))).toBeUndefined();
  });

  it.each([
    ["plain words", "plain words"],
    ["yes: no", '"yes: no"'],
    ["true", '"true"'],
    ["${a.b}", '"${a.b}"'],
    ["# no comment", '"# no comment"'],
  ])("writes %s as YAML reads it", (value, written) => expect(scalar(value)).toBe(written));
});
