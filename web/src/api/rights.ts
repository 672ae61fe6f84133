import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";

export type Rights = { role: string; permissions: ReadonlySet<string> };

/** What the reader may do with a model, by role; nothing is asked while the model is not known. */
export function useRights(modelId: string | undefined) {
  return useQuery({
    queryKey: ["rights", modelId],
    enabled: modelId !== undefined,
    staleTime: 300_000,
    queryFn: async (): Promise<Rights> => {
      const query = modelId === undefined ? {} : { modelId };
      const role = (await data(api.GET("/api/v1/whoami", { params: { query } }))).rolesByModel[modelId ?? ""];
      return { role: role?.roleName ?? "", permissions: new Set(role?.permissions) };
    },
  });
}
