import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import { useRights } from "~/api/rights";
import type { components } from "~/api/schema";
import { Names } from "../code/names";
import { mirroredFiles } from "./tree";

export type Model = components["schemas"]["ModelRecord"];
export type Problem = components["schemas"]["DiagnosticRecord"];
export type Diff = components["schemas"]["ModelDiffResponse"];

/** Where one works: a model, or a branch of it. */
export type Where = { modelId: string; branchId: string | undefined };

const at = ({ modelId, branchId }: Where) => ({
  path: { modelId },
  query: branchId === undefined ? {} : { branchId },
});
const key = (where: Where, ...more: unknown[]) => ["ide", where.modelId, where.branchId ?? "", ...more];

/** Asks again for everything about a model that a write changes. */
export function written(where: Where): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ["ide", where.modelId] });
}

export function useModel(modelId: string) {
  return useQuery({
    queryKey: ["ide", modelId, "model"],
    queryFn: async () => {
      const query = { modelId, include: "activeBranches", pageSize: 1 };
      return (await data(api.GET("/api/v1/models", { params: { query } }))).records[0] ?? null;
    },
  });
}

/** What one may do with a model; an extension is as open as what it extends. */
export function useMay(model: Model | null | undefined) {
  return useRights((model?.modelKind === "SHARED" ? model.id : model?.baseModelId) ?? undefined);
}

export function useFiles(where: Where, enabled: boolean) {
  return useQuery({
    queryKey: key(where, "files"),
    enabled,
    queryFn: () => readFiles(where),
  });
}

/** Reads files as all layers show them together; one of them where it is named. */
export function readFiles(where: Where, fileName?: string) {
  const { path, query } = at(where);
  const wanted = { ...query, includeChecksums: true, ...(fileName === undefined ? {} : { fileName }) };
  return data(api.GET("/api/v1/models/{modelId}/yaml", { params: { path, query: wanted } }));
}

/** The files that only the mirror of the database holds. */
export function useMirrored(where: Where, all: Readonly<Record<string, string>> | undefined): ReadonlySet<string> {
  const layers = useQuery({
    queryKey: key(where, "layers"),
    enabled: all !== undefined,
    queryFn: async () => (await data(api.GET("/api/v1/models/{modelId}/files", { params: at(where) }))).layers,
  });
  const written = (layers.data ?? []).filter((each) => each.modelKind !== "SCHEMA");
  const own = useQueries({
    queries: written.map((layer) => ({
      queryKey: ["ide", where.modelId, "own", layer.modelId, layer.version],
      queryFn: () => {
        const of = layer.modelId === where.branchId ? where : { modelId: layer.modelId, branchId: undefined };
        const { path, query } = at(of);
        return data(
          api.GET("/api/v1/models/{modelId}/yaml", { params: { path, query: { ...query, mode: "extension" as const } } }),
        );
      },
    })),
    combine: (answers) => (answers.every((each) => each.data) ? answers.map((each) => each.data!.viewNames) : undefined),
  });
  return useMemo(() => {
    if (!all || !own || !layers.data) return new Set<string>();
    return mirroredFiles(all, own);
  }, [all, own, layers.data]);
}

export function useNames(where: Where, enabled: boolean): Names {
  const found = useQuery({
    queryKey: key(where, "names"),
    enabled,
    queryFn: async () => (await data(api.GET("/api/v1/models/{modelId}/definitions", { params: at(where) }))).records,
  });
  return useMemo(() => new Names(found.data ?? []), [found.data]);
}

const language = {
  queryKey: ["model-language"],
  queryFn: () => data(api.GET("/api/v1/model-language")),
  staleTime: Infinity,
  gcTime: Infinity,
};

/** The keys and words of the language; they change with the server only. */
export const useLanguage = () => useQuery(language);
export const loadLanguage = () => queryClient.ensureQueryData(language);

/** Every finding, as if the texts were saved. */
export function useProblems(where: Where, texts: Readonly<Record<string, string>>, version: number, enabled: boolean) {
  return useQuery({
    queryKey: key(where, "problems", version, texts),
    enabled,
    queryFn: async ({ signal }) => {
      const body = { files: texts, mode: "combined" as const, ...(where.branchId ? { branchId: where.branchId } : {}) };
      const path = { modelId: where.modelId };
      return (await data(api.POST("/api/v1/models/{modelId}/diagnostics", { params: { path }, body, signal }))).records;
    },
    // what is typed changes the question; another branch is another model
    placeholderData: (before, query) => (query?.queryKey[2] === (where.branchId ?? "") ? before : undefined),
    gcTime: 60_000,
  });
}

/** What the branch says beyond its model. */
export function useDiff(where: Where) {
  return useQuery({
    queryKey: key(where, "diff"),
    enabled: where.branchId !== undefined,
    queryFn: () => {
      const path = { modelId: where.modelId };
      return data(api.GET("/api/v1/models/{modelId}/diff", { params: { path, query: { branchId: where.branchId! } } }));
    },
  });
}

export function useTopics(where: Where) {
  return useQuery({
    queryKey: key(where, "topics"),
    queryFn: async () => (await data(api.GET("/api/v1/models/{modelId}/topic", { params: at(where) }))).topics,
  });
}

export function useTopic(where: Where, topicName: string) {
  return useQuery({
    queryKey: key(where, "topic", topicName),
    queryFn: async () => {
      const { path, query } = at(where);
      const params = { path: { ...path, topicName }, query };
      return (await data(api.GET("/api/v1/models/{modelId}/topic/{topicName}", { params }))).topic;
    },
    placeholderData: keepPreviousData,
  });
}

export function useSchemas(where: Where, enabled: boolean) {
  return useQuery({
    queryKey: key(where, "schemas"),
    enabled,
    queryFn: async () => (await data(api.GET("/api/v1/models/{modelId}/schemas", { params: at(where) }))).schemas,
  });
}
