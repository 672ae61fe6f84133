/** The parts of an OpenAPI 3.1 document that the reference reads; everything may be absent. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
};

export type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema?: Schema;
};

type Content = Record<string, { schema?: Schema }>;

export type RawOperation = {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  deprecated?: boolean;
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
  "x-own"?: boolean;
  "x-beta"?: boolean;
};

export type Document = {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
  "x-error-codes"?: { code: string; status: number; description: string }[];
};

export type Operation = RawOperation & { method: string; path: string; area: string; otherPaths: string[] };
export type Area = { name: string; operations: Operation[] };

const ORDER = ["get", "post", "put", "patch", "delete"];

/** Lists what is served by area; further homes of an operation are told with it, not again. */
export function areasOf(document: Document): Area[] {
  const areas = new Map<string, Operation[]>();
  const aliases: Operation[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, raw] of Object.entries(item)) {
      const operation = { ...raw, method, path, area: raw.tags?.[0] ?? "Other", otherPaths: [] };
      if (raw.deprecated) aliases.push(operation);
      else areas.set(operation.area, [...(areas.get(operation.area) ?? []), operation]);
    }
  }
  const named = new Map([...areas.values()].flat().map((each) => [each.operationId.toLowerCase(), each]));
  for (const alias of aliases) named.get(originalName(alias.operationId))?.otherPaths.push(alias.path);
  return [...areas]
    .map(([name, operations]) => ({ name, operations: operations.sort(byPath) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function originalName(alias: string): string {
  return alias
    .replace(/LowerCase$/, "")
    .replace(/^unstable/, "")
    .toLowerCase();
}

function byPath(a: Operation, b: Operation): number {
  return a.path.localeCompare(b.path) || ORDER.indexOf(a.method) - ORDER.indexOf(b.method);
}

/** Keeps the operations in which every word of the search occurs. */
export function matching(areas: Area[], search: string): Area[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return areas;
  const fits = (each: Operation) => {
    const text = [each.method, each.path, each.summary, each.operationId, each.area].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return areas
    .map((area) => ({ ...area, operations: area.operations.filter(fits) }))
    .filter((area) => area.operations.length > 0);
}

/** Follows a reference to a component; what leads nowhere is an empty schema. */
export function resolved(document: Document, schema: Schema | undefined): Schema {
  if (!schema) return {};
  if (!schema.$ref) return schema;
  const name = schema.$ref.split("/").pop() ?? "";
  return document.components?.schemas?.[name] ?? {};
}

/** The one real alternative of `anyOf` beside null, with the words of the outside; else the schema itself. */
export function withoutNull(schema: Schema): { schema: Schema; nullable: boolean } {
  const options = schema.anyOf ?? schema.oneOf;
  if (!options) return { schema, nullable: false };
  const real = options.filter((each) => each.type !== "null");
  const nullable = real.length < options.length;
  const [only] = real;
  if (real.length !== 1 || !only) return { schema: { ...schema, anyOf: real }, nullable };
  const { anyOf: _anyOf, oneOf: _oneOf, ...outside } = schema;
  return { schema: { ...outside, ...only, description: schema.description ?? only.description ?? "" }, nullable };
}

/** Names a type in a few words: `string (uuid)`, `array of ModelRecord`, `csv | json`. */
export function typeName(document: Document, given: Schema): string {
  const { schema } = withoutNull(given);
  if (schema.$ref) return schema.$ref.split("/").pop() ?? "object";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map((each) => typeName(document, each)).join(" | ") || "anything";
  if (schema.type === "array") return `array of ${typeName(document, schema.items ?? {})}`;
  if (typeof schema.additionalProperties === "object" && !schema.properties) {
    return `map of ${typeName(document, schema.additionalProperties)}`;
  }
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "anything");
  return schema.format ? `${type} (${schema.format})` : type;
}
