import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import type { Pick } from "~/ui/Picker";

export type Group = components["schemas"]["GroupRecord"];
export type GroupDetail = components["schemas"]["GroupDetail"];
type GroupChange = components["schemas"]["GroupUpdateBody"];

export const GROUPS = ["groups"];
const reread = () => queryClient.invalidateQueries({ queryKey: GROUPS });

export function readGroups(search: string, cursor: string | undefined) {
  const query = { search: search || undefined, pageSize: 50, cursor };
  return data(api.GET("/api/v1/user-groups", { params: { query } }));
}

export function useGroup(id: string) {
  return useQuery({
    queryKey: [...GROUPS, "one", id],
    queryFn: () => data(api.GET("/api/v1/user-groups/{id}", { params: { path: { id } } })),
  });
}

export async function createGroup(name: string): Promise<GroupDetail> {
  const made = await data(api.POST("/api/v1/user-groups", { body: { name } }));
  await reread();
  return made;
}

export async function changeGroup(id: string, body: GroupChange): Promise<void> {
  const now = await data(api.PATCH("/api/v1/user-groups/{id}", { params: { path: { id } }, body }));
  queryClient.setQueryData([...GROUPS, "one", id], now);
  await reread();
  await queryClient.invalidateQueries({ queryKey: ["users"] });
}

export async function deleteGroup(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/user-groups/{id}", { params: { path: { id } } }));
  await queryClient.invalidateQueries({ queryKey: GROUPS, predicate: (query) => query.queryKey[2] !== id });
}

/** Groups whose name holds what was typed. */
export async function findGroups(search: string): Promise<Pick[]> {
  const { records } = await readGroups(search, undefined);
  return records.map((each) => ({ id: each.id, name: each.name }));
}
