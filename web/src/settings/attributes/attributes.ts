import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import { textOf, valueOf } from "./values";

export type Attribute = components["schemas"]["UserAttribute"];
export type Draft = {
  name: string;
  label: string;
  type: "String" | "Number";
  many: boolean;
  description: string;
  value: string;
};

const KEY = ["user-attributes"];
const reread = () => queryClient.invalidateQueries({ queryKey: KEY });

export function useAttributes() {
  return useQuery({ queryKey: KEY, queryFn: () => data(api.GET("/api/v1/user-attributes")) });
}

/** What a form begins with. */
export function draftOf(attribute: Attribute | undefined): Draft {
  return {
    name: attribute?.name ?? "",
    label: attribute?.label ?? "",
    type: attribute?.type ?? "String",
    many: attribute?.multiple_values ?? false,
    description: attribute?.description ?? "",
    value: textOf(attribute?.default_value ?? null),
  };
}

export async function saveAttribute(before: Attribute | undefined, draft: Draft): Promise<void> {
  const said = {
    type: draft.type,
    multiple_values: draft.many,
    description: draft.description.trim() || null,
    default_value: valueOf(draft.value, draft.many),
  };
  const label = draft.label.trim();
  if (before) {
    const body = { ...said, label: label || before.label };
    await data(api.PATCH("/api/v1/user-attributes/{id}", { params: { path: { id: before.id } }, body }));
  } else {
    const body = { ...said, name: draft.name.trim(), label: label || null };
    await data(api.POST("/api/v1/user-attributes", { body }));
  }
  await reread();
}

export async function deleteAttribute(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/user-attributes/{id}", { params: { path: { id } } }));
  await reread();
}
