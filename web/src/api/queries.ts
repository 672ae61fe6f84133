import { QueryClient } from "@tanstack/react-query";

import { ApiError } from "~/api/errors";

/** Answers of the API kept for a while. Refusals are not asked again; failures of the network are, twice. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2,
    },
    mutations: { retry: false },
  },
});
