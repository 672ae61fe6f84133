import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";

/** The governed models that one may see, by name. */
export function useSharedModels() {
  return useQuery({
    queryKey: ["models", "shared"],
    queryFn: async () => {
      const query = { modelKind: "SHARED" as const, pageSize: 100, sortField: "name" as const };
      return (await data(api.GET("/api/v1/models", { params: { query } }))).records;
    },
  });
}
