import { expect, it } from "vitest";

import { mirroredFiles, treeOf } from "./tree";

const base = { mirrored: new Set<string>(), dirty: new Set<string>(), marks: new Map(), search: "" };

it("puts what is written before what the database gives, and folders together", () => {
  const groups = treeOf({
    ...base,
    files: ["main/orders.view", "main/users.view", "relationships", "b.topic", "model", "x/a.topic", "all.composite_topic"],
    mirrored: new Set(["main/users.view"]),
  });
  expect(groups.map((group) => [group.section, group.folders.map((each) => [each.folder, each.files.map((file) => file.name)])])).toEqual([
    ["model", [["", ["model"]]]],
    ["relationships", [["", ["relationships"]]]],
    ["topics", [["", ["all.composite_topic", "b.topic"]], ["x", ["a.topic"]]]],
    ["views", [["main", ["orders.view"]]]],
    ["schemas", [["main", ["users.view"]]]],
  ]);
});

it("shows new files that are not saved yet, and finds by any part of the path", () => {
  const groups = treeOf({ ...base, files: ["model", "a.view"], dirty: new Set(["new.view"]), search: "NEW" });
  expect(groups).toHaveLength(1);
  expect(groups[0]!.folders[0]!.files).toMatchObject([{ file: "new.view", isDirty: true }]);
});

it("knows a view of the schema by its name, though a layer keeps it elsewhere", () => {
  const all = { "main/orders.view": "orders", "main/users.view": "users" };
  expect(mirroredFiles(all, [{ "orders.view": "orders" }])).toEqual(new Set(["main/users.view"]));
});
