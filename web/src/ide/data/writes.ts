import { api, data } from "~/api/client";
import type { Where } from "./queries";

const branch = ({ branchId }: Where) => (branchId === undefined ? {} : { branchId });

/** Stores one whole file upon the one that was fetched; the server answers with how it is written then. */
export function saveFile(where: Where, fileName: string, yaml: string, previousChecksum: string | undefined) {
  const body = { fileName, yaml, mode: "combined" as const, fullyResolved: false, ...branch(where) };
  const known = previousChecksum === undefined ? {} : { previousChecksum };
  const path = { modelId: where.modelId };
  return data(api.POST("/api/v1/models/{modelId}/yaml", { params: { path }, body: { ...body, ...known } }));
}

export function deleteFile(where: Where, fileName: string) {
  const query = { fileName, mode: "combined" as const, ...branch(where) };
  return data(api.DELETE("/api/v1/models/{modelId}/yaml", { params: { path: { modelId: where.modelId }, query } }));
}

export function renameTopic(where: Where, topicName: string, newTopicName: string) {
  const params = { path: { modelId: where.modelId, topicName }, query: branch(where) };
  return data(api.PATCH("/api/v1/models/{modelId}/topic/{topicName}", { params, body: { newTopicName } }));
}

export async function createBranch(model: { id: string; connectionId: string | null }, modelName: string) {
  const body = {
    modelKind: "BRANCH" as const,
    baseModelId: model.id,
    connectionId: model.connectionId!,
    modelName,
    allowAsWorkbookBase: true,
    usesIsolatedBranches: false,
  };
  return (await data(api.POST("/api/v1/models", { body }))).model;
}

export function deleteBranch(modelId: string, branchName: string) {
  return data(api.DELETE("/api/v1/models/{modelId}/branch/{branchName}", { params: { path: { modelId, branchName } } }));
}

export function mergeBranch(modelId: string, branchName: string, message: string, andDelete: boolean) {
  const body = {
    delete_branch: andDelete,
    publish_drafts: true,
    force_override_git_settings: false,
    ...(message.trim() ? { commit_message: message.trim() } : {}),
  };
  const params = { path: { modelId, branchName } };
  return data(api.POST("/api/v1/models/{modelId}/branch/{branchName}/merge", { params, body }));
}
