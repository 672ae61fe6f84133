import { useNavigate } from "react-router";
import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { useSharedModels } from "~/api/models";
import { text } from "~/text";
import { Select } from "~/ui/Field";
import { useTopics } from "./ExploreStart";
import styles from "./Explore.module.css";

type Props = { modelId: string; branchId: string | undefined; topic: string | undefined };

function useBranches(modelId: string) {
  return useQuery({
    queryKey: ["branches", modelId],
    queryFn: async () => {
      const query = { modelKind: "BRANCH" as const, baseModelId: modelId, pageSize: 100, sortField: "name" as const };
      return (await data(api.GET("/api/v1/models", { params: { query } }))).records;
    },
  });
}

/** Which model, which of its branches, and which topic is asked. */
export function Place({ modelId, branchId, topic }: Props) {
  const navigate = useNavigate();
  const models = useSharedModels();
  const branches = useBranches(modelId);
  const topics = useTopics(modelId, branchId);
  function go(model: string, branch: string | undefined, name: string | undefined) {
    const search = branch ? `?branch=${encodeURIComponent(branch)}` : "";
    void navigate(`/explore/${model}${name ? `/${encodeURIComponent(name)}` : ""}${search}`);
  }
  return (
    <div className={styles.place}>
      {(models.data?.length ?? 0) > 1 ? (
        <Select hideLabel label={text.explore.model} value={modelId} onChange={(event) => go(event.target.value, undefined, undefined)}>
          {models.data?.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </Select>
      ) : null}
      {branchId || (branches.data?.length ?? 0) > 0 ? (
        <Select hideLabel label={text.explore.branch} value={branchId ?? ""} onChange={(event) => go(modelId, event.target.value || undefined, topic)}>
          <option value="">{text.explore.main}</option>
          {branches.data?.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </Select>
      ) : null}
      {topic ? (
        <Select hideLabel label={text.explore.topic} value={topic} onChange={(event) => go(modelId, branchId, event.target.value)}>
          {topics.data?.some((each) => each.name === topic) ? null : <option value={topic}>{topic}</option>}
          {topics.data?.map((each) => (
            <option key={each.name} value={each.name}>
              {each.label ?? each.name}
            </option>
          ))}
        </Select>
      ) : null}
    </div>
  );
}
