import type { components } from "~/api/schema";
import { api, BASE, data } from "~/api/client";
import { queryClient } from "~/api/queries";

export type ApiKey = components["schemas"]["ApiKey"];
export type IssuedKey = components["schemas"]["IssuedApiKey"];
export type Kind = "organization" | "personal";

export const KEYS = ["api-keys"];

export function readKeys(kind: Kind, cursor: string | undefined) {
  return data(api.GET("/api/v1/api-keys", { params: { query: { type: kind, pageSize: 50, cursor } } }));
}

export async function makeKey(name: string, type: Kind): Promise<IssuedKey> {
  const made = await data(api.POST("/api/v1/api-keys", { body: { name, type } }));
  void queryClient.invalidateQueries({ queryKey: KEYS });
  return made;
}

export async function switchKey(id: string, enabled: boolean): Promise<void> {
  await data(api.PUT("/api/v1/api-keys/{id}", { params: { path: { id } }, body: { enabled } }));
  await queryClient.invalidateQueries({ queryKey: KEYS });
}

export async function revokeKey(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } }));
  await queryClient.invalidateQueries({ queryKey: KEYS });
}

/** A command that asks this very server who the key is, ready for a terminal. */
export function commandFor(key: string, base: URL = BASE): string {
  return `curl -H "Authorization: Bearer ${key}" ${new URL("api/v1/whoami", base).href}`;
}
