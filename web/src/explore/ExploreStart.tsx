import { useState } from "react";
import { Link } from "react-router";
import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { sentence } from "~/api/errors";
import { useSharedModels } from "~/api/models";
import { text } from "~/text";
import { Busy } from "~/ui/Busy";
import { Empty } from "~/ui/Empty";
import { Select } from "~/ui/Field";
import { Notice } from "~/ui/Notice";
import { Page } from "~/ui/Page";
import styles from "./Explore.module.css";

/** Where asking begins: the topics of a model. */
export function Component() {
  const models = useSharedModels();
  const [chosen, setChosen] = useState<string>();
  const model = models.data?.find((each) => each.id === chosen) ?? models.data?.[0];
  return (
    <Page title={text.explore.title} intro={text.explore.intro}>
      {models.isPending ? <Busy label={text.explore.loadingModels} /> : null}
      {models.isError ? <Notice tone="bad">{sentence(models.error)}</Notice> : null}
      {models.data?.length === 0 ? <Empty title={text.home.noModels}>{text.home.noModelsHint}</Empty> : null}
      {models.data && models.data.length > 1 ? (
        <div className={styles.narrow}>
          <Select label={text.explore.model} value={model?.id} onChange={(event) => setChosen(event.target.value)}>
            {models.data.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </Select>
        </div>
      ) : null}
      {model ? <Topics modelId={model.id} branchId={undefined} /> : null}
    </Page>
  );
}

export function useTopics(modelId: string, branchId: string | undefined) {
  return useQuery({
    queryKey: ["topics", modelId, branchId],
    queryFn: async () => {
      const params = { path: { modelId }, query: branchId ? { branchId } : {} };
      const { topics } = await data(api.GET("/api/v1/models/{modelId}/topic", { params }));
      return topics.filter((topic) => !topic.hidden);
    },
  });
}

/** The topics of a model as cards, by group. */
export function Topics({ modelId, branchId }: { modelId: string; branchId: string | undefined }) {
  const topics = useTopics(modelId, branchId);
  if (topics.isPending) return <Busy label={text.explore.loadingTopics} />;
  if (topics.isError) return <Notice tone="bad">{sentence(topics.error)}</Notice>;
  if (topics.data.length === 0) return <Empty title={text.explore.noTopics}>{text.explore.noTopicsHint}</Empty>;
  const groups = new Map<string, typeof topics.data>();
  for (const topic of topics.data) {
    const group = topic.group_label ?? "";
    groups.set(group, [...(groups.get(group) ?? []), topic]);
  }
  const search = branchId ? `?branch=${encodeURIComponent(branchId)}` : "";
  return [...groups].sort().map(([group, members]) => (
    <section key={group} className={styles.topics}>
      {group ? <h2>{group}</h2> : null}
      <ul className={styles.cards}>
        {members.map((topic) => (
          <li key={topic.name}>
            <Link className={styles.card} to={`/explore/${modelId}/${encodeURIComponent(topic.name)}${search}`}>
              <span className={styles.cardTitle}>{topic.label ?? topic.name}</span>
              {topic.description ? <span className={styles.cardText}>{topic.description}</span> : null}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  ));
}
