import { describe, expect, it } from "vitest";

import { offerAt, type Known } from "./complete";
import { explain } from "./explain";
import { keyAt, type Language } from "./language";
import { Names, type Definition } from "./names";

const define = (kind: Definition["kind"], name: string, more: Partial<Definition> = {}): Definition => ({
  kind,
  name,
  file: `${more.view ?? name}.view`,
  line: 3,
  column: 3,
  layer: "1",
  ...more,
});

const names = new Names([
  define("view", "orders", { file: "main/orders.view" }),
  define("dimension", "state", { view: "orders", file: "main/orders.view", dataType: "STRING", description: "Where it is" }),
  define("measure", "total", { view: "orders", file: "main/orders.view", aggregateType: "sum", label: "<b>Total</b>" }),
  define("view", "users"),
  define("dimension", "region", { view: "users" }),
  define("topic", "sales", { file: "sales.topic" }),
  define("access_grant", "finance", { file: "model" }),
  define("constant", "rate", { file: "model" }),
]);

const language: Language = {
  roots: { view: "view", topic: "topic", relationships: "relationships" },
  places: [
    {
      name: "view",
      keys: [
        { name: "label", description: "How it is shown", type: "text" },
        { name: "dimensions", description: "Fields", place: "dimensions" },
      ],
    },
    { name: "dimensions", keys: [], named: "dimension" },
    {
      name: "dimension",
      keys: [
        { name: "format", description: "How values are shown", values: ["id", "number_0"] },
        { name: "hidden", description: "Not offered", type: "true_false" },
      ],
    },
    { name: "topic", keys: [{ name: "base_view", description: "Where it begins" }] },
    { name: "relationships", keys: [], items: "relationship" },
    { name: "relationship", keys: [{ name: "join_from_view", description: "The left side" }] },
  ],
};

function offers(file: string, kind: Known["kind"], marked: string): string[] {
  const offer = offerAt(marked.replace("|", ""), marked.indexOf("|"), { language, names, file, kind });
  return offer?.options.map((each) => each.apply) ?? [];
}

describe("what may be written", () => {
  it.each([
    ["main/orders.view", "view", "|", ["label: ", "dimensions:"]],
    ["main/orders.view", "view", "label: x\n|", ["dimensions:"]],
    ["main/orders.view", "view", "dimensions:\n  state:\n    |", ["format: ", "hidden: "]],
    ["main/orders.view", "view", "dimensions:\n  state: { hidden: |", ["true", "false"]],
    ["main/orders.view", "view", "dimensions:\n  state:\n    format: |", ["id", "number_0"]],
    ["relationships", "relationships", "- |", ["join_from_view: "]],
    ["relationships", "relationships", "- join_from_view: |", ["orders", "users"]],
    ["sales.topic", "topic", "base_view: o|", ["orders", "users"]],
    ["sales.topic", "topic", "joins:\n  |", ["orders: ", "users: "]],
    ["sales.topic", "topic", "default_filters:\n  |", ["orders.state: ", "orders.total: ", "users.region: "]],
    ["sales.topic", "topic", "required_access_grants: [ |", ["finance"]],
    ["main/orders.view", "view", "dimensions:\n  x:\n    sql: ${|", ["state}", "total}", "users."]],
    ["main/orders.view", "view", "dimensions:\n  x:\n    sql: '${users.|}'", ["region"]],
    ["main/orders.view", "view", "sql: |\n  select @{r|", []],
    ["main/orders.view", "view", "# ${|", []],
  ] as const)("%s %s %j", (file, kind, marked, expected) => {
    if (marked.includes("@{")) expect(offers(file, kind, "sql: x @{r|")).toEqual(["rate}"]);
    else expect(offers(file, kind, marked)).toEqual(expected);
  });
});

describe("what a word means", () => {
  const at = (file: string, kind: Known["kind"], text: string, word: string) =>
    explain(text, text.indexOf(word) + 1, { language, names, file, kind });

  it("tells of keys, by their place", () => {
    expect(at("main/orders.view", "view", "dimensions:\n  state:\n    format: id\n", "format")?.body).toBe("How values are shown");
    expect(at("relationships", "relationships", "- join_from_view: orders\n", "join_from")?.body).toBe("The left side");
    expect(keyAt(language, "view", ["dimensions", "any", "format"])?.name).toBe("format");
  });

  it("tells of fields and views, and where they are written", () => {
    const found = at("sales.topic", "topic", "fields: [ orders.total ]\n", "orders.total");
    expect(found).toMatchObject({ title: "orders.total", detail: "sum", body: "<b>Total</b>", place: "main/orders.view:3" });
    expect(at("main/orders.view", "view", "dimensions:\n  x:\n    sql: ${state}\n", "state")?.title).toBe("orders.state");
    expect(at("sales.topic", "topic", "joins:\n  users: {}\n", "users")?.detail).toBe("view");
    expect(at("sales.topic", "topic", "label: users\n", "users")).toBeUndefined();
  });
});
