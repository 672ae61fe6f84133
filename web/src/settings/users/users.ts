import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import type { Pick } from "~/ui/Picker";

export type User = components["schemas"]["UserRecord"];
export type UserDetail = components["schemas"]["UserDetail"];
export type UserChange = components["schemas"]["UserUpdateBody"];
export type Kind = "standard" | "embed" | "email_only";
export type State = "active" | "inactive" | "any";

export const USERS = ["users"];
export const reread = () => queryClient.invalidateQueries({ queryKey: USERS });

export function readUsers(kind: Kind, state: State, search: string, cursor: string | undefined) {
  const query = { kind, state, search: search || undefined, sortField: "name" as const, pageSize: 50, cursor };
  return data(api.GET("/api/v1/users", { params: { query } }));
}

export function useUser(id: string) {
  return useQuery({
    queryKey: [...USERS, "one", id],
    queryFn: () => data(api.GET("/api/v1/users/{id}", { params: { path: { id } } })),
  });
}

export async function changeUser(id: string, body: UserChange): Promise<void> {
  const now = await data(api.PATCH("/api/v1/users/{id}", { params: { path: { id } }, body }));
  queryClient.setQueryData([...USERS, "one", id], now);
  await reread();
}

export async function deactivate(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/users/{id}", { params: { path: { id } } }));
  await reread();
}

/** Active members whose name or e-mail holds what was typed. */
export async function findUsers(search: string): Promise<Pick[]> {
  const query = { search, pageSize: 20, sortField: "name" as const };
  const { records } = await data(api.GET("/api/v1/users", { params: { query } }));
  return records.map((each) => ({ id: each.id, name: each.name, more: each.email }));
}
