import { useInfiniteQuery, type QueryKey } from "@tanstack/react-query";

import type { components } from "~/api/schema";

type PageOf<Row> = { records: Row[]; pageInfo: components["schemas"]["PageInfo"] };

/** What has been read of a list that comes in pages, and how to read on. */
export type Paged<Row> = {
  rows: Row[];
  total: number;
  isPending: boolean;
  error: Error | null;
  hasMore: boolean;
  isReadingOn: boolean;
  readOn: () => void;
  again: () => void;
};

/** Reads a list page by page: `read` gets the cursor of the page, undefined for the first. */
export function usePaged<Row>(key: QueryKey, read: (cursor: string | undefined) => Promise<PageOf<Row>>): Paged<Row> {
  const pages = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => read(pageParam),
    getNextPageParam: (last) => last.pageInfo.nextCursor ?? undefined,
  });
  return {
    rows: pages.data?.pages.flatMap((page) => page.records) ?? [],
    total: pages.data?.pages.at(-1)?.pageInfo.totalRecords ?? 0,
    isPending: pages.isPending,
    error: pages.error,
    hasMore: pages.hasNextPage,
    isReadingOn: pages.isFetchingNextPage,
    readOn: () => void pages.fetchNextPage(),
    again: () => void pages.refetch(),
  };
}
