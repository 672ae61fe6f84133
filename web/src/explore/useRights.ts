import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";

/** What the reader may do with a model; undefined until it is known. */
export function useRights(modelId: string): ReadonlySet<string> | undefined {
  const rights = useQuery({
    queryKey: ["rights", modelId],
    staleTime: 300_000,
    queryFn: async () => {
      const params = { query: { modelId } };
      const { rolesByModel } = await data(api.GET("/api/v1/whoami", { params }));
      return rolesByModel[modelId]?.permissions ?? [];
    },
  });
  return rights.data ? new Set(rights.data) : rights.isError ? new Set() : undefined;
}
