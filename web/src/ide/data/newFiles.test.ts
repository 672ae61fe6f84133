import { expect, it } from "vitest";

import { newTopic, newView, pathOf, topicName } from "./newFiles";

it.each([
  ["refunds", "refunds.view"],
  [" sales/refunds.view ", "sales/refunds.view"],
  ["../etc/passwd", undefined],
  ["/abs", undefined],
  ["a//b", undefined],
  ["<img>", undefined],
  ["", undefined],
])("the path of %j is %j", (name, path) => expect(pathOf("view", name)).toBe(path));

it("begins files that the server takes", () => {
  expect(newTopic("orders")).toBe("base_view: orders\njoins: {}\n");
  expect(newView("main", "My: table")).toContain('table_name: "My: table"');
  expect(newView("", "t")).not.toContain("schema:");
});

it("names a topic by its file", () => {
  expect(topicName("sales/rides.topic")).toBe("rides");
  expect(topicName("rides.view")).toBeUndefined();
});
