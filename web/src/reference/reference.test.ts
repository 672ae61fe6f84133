import { describe, expect, test } from "vitest";

import { areasOf, matching, typeName, type Document, type Operation } from "./openapi";
import { sampleOf } from "./sample";
import { cli, curl, python, pythonSdk, shellWord, type Call } from "./snippets";

const document: Document = {
  info: { title: "T", version: "1" },
  paths: {
    "/api/v1/models/{modelId}": { patch: { operationId: "modelsUpdate", tags: ["Models"], summary: "Update model" } },
    "/api/unstable/models/{modelId}": {
      patch: { operationId: "unstableModelsUpdate", tags: ["Models"], deprecated: true },
    },
    "/api/v1/session": { get: { operationId: "sessionGet", tags: ["Sessions"], "x-own": true } },
  },
  components: {
    schemas: {
      Tree: { type: "object", required: ["name", "child"], properties: { name: { type: "string" }, child: { $ref: "#/components/schemas/Tree" } } },
    },
  },
};
const call: Call = { base: "https://bi.example.com", path: {}, query: {}, body: undefined };
const operations = areasOf(document).flatMap((area) => area.operations);
const update = operations.find((each) => each.operationId === "modelsUpdate") as Operation;

describe("areas", () => {
  test("another home of an operation is told with it", () => {
    expect(update.otherPaths).toEqual(["/api/unstable/models/{modelId}"]);
    expect(operations).toHaveLength(2);
  });
  test("a search needs all its words", () => {
    expect(matching(areasOf(document), "patch models")[0]?.operations).toHaveLength(1);
    expect(matching(areasOf(document), "patch nothing")).toEqual([]);
  });
});

describe("snippets", () => {
  test("a value of the path is escaped, a missing one keeps its name", () => {
    expect(curl(update, { ...call, path: { modelId: "a b" } })).toContain("/models/a%20b");
    expect(curl(update, call)).toContain("/models/{modelId}");
  });
  test("shell words mean what they hold", () => {
    expect(shellWord("it's $HOME")).toBe(`'it'\\''s $HOME'`);
    expect(shellWord('$OMNI_BASE_URL/"`$HOME`')).toBe('"$OMNI_BASE_URL/\\"\\`\\$HOME\\`"');
  });
  test("JSON becomes a Python literal", () => {
    expect(python('{"a":[true,null,"x"]}')).toBe('{"a": [True, None, "x"]}');
    expect(pythonSdk(update, { ...call, body: '{"id":"$OMNI_MODEL_ID"}' })).toContain('json={"id": os.environ["OMNI_MODEL_ID"]}');
  });
  test("the command line names the group once, and only what it knows", () => {
    expect(cli(update, { ...call, path: { modelId: "m1" } })).toContain("omni models update m1");
    expect(cli(operations.find((each) => each["x-own"]) as Operation, call)).toBeUndefined();
  });
});

test("samples of schemas that contain themselves end", () => {
  expect(JSON.stringify(sampleOf(document, { $ref: "#/components/schemas/Tree" })).length).toBeLessThan(300);
});

test("types are named in a few words", () => {
  expect(typeName(document, { anyOf: [{ type: "string", format: "uuid" }, { type: "null" }] })).toBe("string (uuid)");
  expect(typeName(document, { type: "array", items: { $ref: "#/components/schemas/Tree" } })).toBe("array of Tree");
});
