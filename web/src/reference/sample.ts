import { resolved, withoutNull, type Document, type Operation, type Schema } from "./openapi";

const DEEPEST = 5;

/** Makes a value of a schema to begin with: what is required, defaults where there are some. */
export function sampleOf(document: Document, given: Schema | undefined, depth = 0): unknown {
  const { schema: inner } = withoutNull(resolved(document, given));
  const schema = resolved(document, inner);
  if (schema.examples?.length) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (schema.enum) return schema.enum[0];
  const option = (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.[0];
  if (option) return sampleOf(document, option, depth);
  if (schema.properties || schema.type === "object") return sampleObject(document, schema, depth);
  if (schema.type === "array") return depth < DEEPEST && schema.items ? [sampleOf(document, schema.items, depth + 1)] : [];
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
  if (schema.type === "boolean") return true;
  return sampleText(schema.format);
}

function sampleObject(document: Document, schema: Schema, depth: number): Record<string, unknown> {
  const required = new Set(schema.required ?? []);
  const names = Object.keys(schema.properties ?? {}).filter((name) => required.has(name));
  if (depth >= DEEPEST) return {};
  return Object.fromEntries(names.map((name) => [name, sampleOf(document, schema.properties?.[name], depth + 1)]));
}

function sampleText(format: string | undefined): string {
  if (format === "uuid") return "00000000-0000-0000-0000-000000000000";
  if (format === "date-time") return "2026-01-31T12:00:00Z";
  if (format === "date") return "2026-01-31";
  if (format === "email") return "ana@example.com";
  return "text";
}

const QUERY = {
  query: {
    modelId: "$OMNI_MODEL_ID",
    table: "order_items",
    join_paths_from_topic_name: "order_items",
    fields: ["order_items.status", "order_items.count"],
    limit: 10,
  },
  resultType: "csv",
};

/** The body to begin with, as text; nothing where the operation takes none. */
export function sampleBody(document: Document, operation: Operation): string | undefined {
  if (operation.operationId === "queryRun") return JSON.stringify(QUERY, null, 2);
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  return operation.requestBody ? JSON.stringify(sampleOf(document, schema), null, 2) : undefined;
}
