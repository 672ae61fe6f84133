import { describe, expect, it } from "vitest";

import { offerAt, type Known } from "./complete";
import { explain } from "./explain";
import { keyAt, type Key, type Language } from "./language";
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

const key = (name: string, description: string, more: Partial<Key> = {}): Key => ({
  name,
  description,
  types: ["text"],
  words: [],
  itemWords: [],
  itemList: null,
  status: "used",
  ...more,
});

const language = {
  places: [
    {
      name: "view",
      file: "view",
      path: [],
      keys: [key("label", "How it is shown"), key("dimensions", "Fields", { types: ["map"] }), key("old", "", { status: "refused" })],
    },
    {
      name: "dimension",
      file: "view",
      path: ["dimensions", "*"],
      keys: [
        key("format", "How values are shown"),
        key("hidden", "Not offered", { types: ["boolean"] }),
        key("timeframes", "Grains", { types: ["list"], itemList: "timeframes" }),
      ],
    },
    { name: "topic", file: "topic", path: [], keys: [key("base_view", "Where it begins")] },
    { name: "relationship", file: "relationships", path: ["[]"], keys: [key("join_from_view", "The left side")] },
  ],
  filterOperators: [{ name: "is", description: "equals", hasNot: false }],
  lists: { formats: ["id", "number"], timeframes: ["raw", "month"] },
} as unknown as Language;

function offers(file: string, kind: Known["kind"], marked: string): string[] {
  const offer = offerAt(marked.replace("|", ""), marked.indexOf("|"), { language, names, file, kind });
  return offer?.options.map((each) => each.apply) ?? [];
}

describe("what may be written", () => {
  it.each([
    ["main/orders.view", "view", "|", ["label: ", "dimensions:"]],
    ["main/orders.view", "view", "label: x\n|", ["dimensions:"]],
    ["main/orders.view", "view", "dimensions:\n  state:\n    |", ["format: ", "hidden: ", "timeframes: "]],
    ["main/orders.view", "view", "dimensions:\n  state: { hidden: |", ["true", "false"]],
    ["main/orders.view", "view", "dimensions:\n  state:\n    format: |", ["id", "number"]],
    ["main/orders.view", "view", "dimensions:\n  state:\n    timeframes: [ raw, |", ["raw", "month"]],
    ["main/orders.view", "view", "measures:\n  x:\n    filters:\n      state:\n        |", ["is: "]],
    ["sales.topic", "topic", "default_filters:\n  orders.state: { |", ["is: "]],
    ["relationships", "relationships", "- |", ["join_from_view: "]],
    ["relationships", "relationships", "- join_from_view: |", ["orders", "users"]],
    ["sales.topic", "topic", "base_view: o|", ["orders", "users"]],
    ["sales.topic", "topic", "joins:\n  |", ["orders: ", "users: "]],
    ["sales.topic", "topic", "default_filters:\n  |", ["orders.state: ", "orders.total: ", "users.region: "]],
    ["sales.topic", "topic", "required_access_grants: [ |", ["finance"]],
    ["main/orders.view", "view", "dimensions:\n  x:\n    sql: ${|", ["state}", "total}", "users."]],
    ["main/orders.view", "view", "dimensions:\n  x:\n    sql: '${users.|}'", ["region}"]],
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
