import { useQuery } from "@tanstack/react-query";

import { send } from "~/api/client";
import type { Document } from "./openapi";

/** The server's description of itself; it changes only with the server. */
export function useDocument() {
  return useQuery({
    queryKey: ["openapi"],
    queryFn: async () => (await (await send("api/openapi.json")).json()) as Document,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
