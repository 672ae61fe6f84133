import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import type { Model } from "./queries";

const KINDS = ["SHARED", "SHARED_EXTENSION"] as const;

/** Every model with files of its own, by name, with its branches. */
export function useModels() {
  return useQuery({
    queryKey: ["models", "with branches"],
    queryFn: async () => (await Promise.all(KINDS.map(readAll))).flat().sort(byName),
  });
}

async function readAll(modelKind: (typeof KINDS)[number]): Promise<Model[]> {
  const found: Model[] = [];
  let cursor: string | null | undefined;
  do {
    const query = { modelKind, include: "activeBranches", pageSize: 100, sortField: "name" as const, ...(cursor ? { cursor } : {}) };
    const page = await data(api.GET("/api/v1/models", { params: { query } }));
    found.push(...page.records);
    cursor = page.pageInfo.hasNextPage ? page.pageInfo.nextCursor : undefined;
  } while (cursor);
  return found;
}

function byName(one: Model, other: Model): number {
  return (one.name ?? "").localeCompare(other.name ?? "");
}
