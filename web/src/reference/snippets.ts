import type { Operation } from "./openapi";

/** What the reader filled in: values of the path and of the query, and the body's text. */
export type Call = { base: string; path: Record<string, string>; query: Record<string, string>; body: string | undefined };

/** The path with its values; an empty one keeps its name in braces. */
export function pathOf(operation: Operation, call: Call): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = call.path[name];
    return value ? encodeURIComponent(value) : whole;
  });
  const asked = Object.entries(call.query).filter(([, value]) => value !== "");
  return asked.length === 0 ? path : `${path}?${new URLSearchParams(asked).toString()}`;
}

/** One shell word that means exactly this text, but for `$OMNI_…` names, which the shell fills in. */
export function shellWord(text: string): string {
  if (!/\$OMNI_\w+/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  return `"${text.replace(/[\\"`]|\$(?!OMNI_\w)/g, (each) => `\\${each}`)}"`;
}

export const isOpen = (operation: Operation): boolean => operation.security?.length === 0;

/** The call for a shell. The key stays in its variable. */
export function curl(operation: Operation, call: Call): string {
  const lines = [`curl ${shellWord(`$OMNI_BASE_URL${pathOf(operation, call)}`)}`];
  if (operation.method !== "get") lines[0] = `curl -X ${operation.method.toUpperCase()} ${lines[0]?.slice(5)}`;
  if (!isOpen(operation)) lines.push(`-H ${shellWord("Authorization: Bearer $OMNI_API_KEY")}`);
  if (call.body !== undefined) {
    lines.push(`-H 'Content-Type: ${mediaType(operation)}'`, `-d ${shellWord(call.body)}`);
  }
  return `export OMNI_BASE_URL=${shellWord(call.base)}\n\n${lines.join(" \\\n  ")}`;
}

/** The media type in which a body is sent. */
export function mediaType(operation: Operation): string {
  return Object.keys(operation.requestBody?.content ?? {})[0] ?? "application/json";
}

const SDK: Record<string, (call: Call) => string> = {
  queryRun: (call) => `body = ${python(call.body)}\nbody.pop("resultType", None)  # the SDK reads Arrow\ntable, fields = omni.run_query_blocking(body)\nprint(table.to_pandas())`,
  modelsList: () => "print(omni.list_models())",
  modelsYamlGet: (call) => `print(omni.yamlr("${value(call, "modelId")}", {}))`,
  modelsYamlCreate: (call) => `print(omni.yamlw("${value(call, "modelId")}", ${python(call.body)}))`,
  scimUsersCreate: (call) => `print(omni.create_user(${python(call.body)}).json())`,
  scimUsersUpdate: (call) => `print(omni.update_user("${value(call, "id")}", ${python(call.body)}).json())`,
  scimUsersDelete: (call) => `omni.delete_user_by_id("${value(call, "id")}")`,
  scimGroupsList: () => "print(omni.list_groups())",
  scimGroupsGet: (call) => `print(omni.get_group("${value(call, "id")}"))`,
};

/** The call in Python: with a method of the SDK where it has one, else with its address and headers. */
export function pythonSdk(operation: Operation, call: Call): string {
  const method = SDK[operation.operationId];
  const imports = ["import os", "", ...(method ? [] : ["import requests"]), "from omni_python_sdk import OmniAPI", ""];
  const client = `omni = OmniAPI(os.environ["OMNI_API_KEY"], ${JSON.stringify(call.base)})`;
  if (method) return [...imports, client, method(call)].join("\n");
  const more = [`"${operation.method.toUpperCase()}"`, JSON.stringify(`${call.base}${pathOf(operation, call)}`)];
  if (!isOpen(operation)) more.push("headers=omni.headers");
  if (call.body !== undefined) more.push(`json=${python(call.body)}`);
  const asked = `answer = requests.request(\n    ${more.join(",\n    ")},\n)`;
  return [...imports, client, asked, "print(answer.status_code, answer.text)"].join("\n");
}

function value(call: Call, name: string): string {
  return (call.path[name] ?? `{${name}}`).replaceAll('"', '\\"');
}

/** A JSON text as a Python literal; what is no JSON is kept as a text to parse. */
export function python(body: string | undefined): string {
  try {
    return literal(JSON.parse(body ?? "{}"));
  } catch {
    return `json.loads(${JSON.stringify(body)})`;
  }
}

function literal(given: unknown): string {
  if (given === null) return "None";
  if (given === true) return "True";
  if (given === false) return "False";
  if (Array.isArray(given)) return `[${given.map(literal).join(", ")}]`;
  if (typeof given === "object") {
    return `{${Object.entries(given).map(([key, each]) => `${JSON.stringify(key)}: ${literal(each)}`).join(", ")}}`;
  }
  if (typeof given === "string" && given.startsWith("$OMNI_")) return `os.environ["${given.slice(1)}"]`;
  return JSON.stringify(given);
}

/**
 * The command of the published command line client: group from the area, command from the operation's name
 * without it, values of the path in their order (API digest §1.1). Nothing for what only this server has.
 */
export function cli(operation: Operation, call: Call): string | undefined {
  if (operation["x-own"] || isOpen(operation)) return undefined;
  const group = kebab(operation.area.replaceAll(" ", "-"));
  const name = kebab(operation.operationId);
  const bare = group.replaceAll("-", "");
  const prefix = name.split("-").findIndex((_, at, parts) => parts.slice(0, at + 1).join("") === bare);
  const command = prefix >= 0 ? name.split("-").slice(prefix + 1).join("-") : name;
  const places = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([whole, key]) => call.path[key ?? ""] || whole);
  const flags = Object.entries(call.query)
    .filter(([, each]) => each !== "")
    .map(([key, each]) => `--${kebab(key)} ${shellWord(each)}`);
  const body = call.body === undefined ? [] : [`--body ${shellWord(call.body)}`];
  const words = ["omni", group, command || name, ...places.map(shellPlace), ...flags, ...body];
  return `export OMNI_BASE_URL=${shellWord(call.base)}\n# OMNI_API_TOKEN holds the key\n\n${words.join(" ")}`;
}

const shellPlace = (text: string): string => (/^[\w{}.-]+$/.test(text) ? text : shellWord(text));

function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}
