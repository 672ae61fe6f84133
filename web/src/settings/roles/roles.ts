import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import { text } from "~/text";

export type CustomRole = components["schemas"]["CustomRole"];
export type Roles = components["schemas"]["CustomRolesListResponse"];
export type RoleDraft = { name: string; base: string; denied: string[]; description: string };

const KEY = ["custom-roles"];
const reread = () => queryClient.invalidateQueries({ queryKey: KEY });

export function useRoles() {
  return useQuery({ queryKey: KEY, queryFn: () => data(api.GET("/api/v1/custom-roles")) });
}

/** What may be switched off in a role built on a tier; seeing models stays. */
export function deniable(roles: Roles, base: string): string[] {
  const tier = roles.tiers.find((each) => each.name === base);
  const order = Object.keys(text.settings.roles.permissions);
  const found = (tier?.permissions ?? []).filter((each) => each !== "READ");
  return found.sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

export async function saveRole(before: CustomRole | undefined, draft: RoleDraft, roles: Roles): Promise<void> {
  const may = new Set(deniable(roles, draft.base));
  const body = {
    name: draft.name,
    baseRole: draft.base,
    deniedPermissions: draft.denied.filter((each) => may.has(each)),
    description: draft.description.trim() || null,
  };
  if (before) {
    await data(api.PATCH("/api/v1/custom-roles/{id}", { params: { path: { id: before.id } }, body }));
  } else await data(api.POST("/api/v1/custom-roles", { body }));
  await reread();
}

export async function deleteRole(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/custom-roles/{id}", { params: { path: { id } } }));
  await reread();
}
