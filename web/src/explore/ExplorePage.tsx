import { useMemo } from "react";
import { useParams, useSearchParams } from "react-router";
import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Busy } from "~/ui/Busy";
import { Notice } from "~/ui/Notice";
import { Page } from "~/ui/Page";
import { Topics } from "./ExploreStart";
import { fieldsOf } from "./fields/info";
import { Place } from "./Place";
import { Workbook } from "./Workbook";
import styles from "./Explore.module.css";

/** A topic of a model: its fields are fetched, then the workbook opens. */
export function Component() {
  const { modelId = "", topic } = useParams();
  const [params] = useSearchParams();
  const branchId = params.get("branch") ?? undefined;
  if (!topic) {
    return (
      <Page title={text.explore.title} intro={text.explore.intro}>
        <div className={styles.narrow}>
          <Place modelId={modelId} branchId={branchId} topic={undefined} />
        </div>
        <Topics modelId={modelId} branchId={branchId} />
      </Page>
    );
  }
  return <TopicPage key={`${modelId} ${topic} ${branchId}`} modelId={modelId} topic={topic} branchId={branchId} />;
}

type Props = { modelId: string; topic: string; branchId: string | undefined };

function TopicPage({ modelId, topic, branchId }: Props) {
  const detail = useQuery({
    queryKey: ["topic", modelId, branchId, topic],
    staleTime: 60_000,
    queryFn: async () => {
      const params = { path: { modelId, topicName: topic }, query: branchId ? { branchId } : {} };
      return (await data(api.GET("/api/v1/models/{modelId}/topic/{topicName}", { params }))).topic;
    },
  });
  const fields = useMemo(() => (detail.data ? fieldsOf(detail.data) : undefined), [detail.data]);
  if (detail.isError) {
    return (
      <Page title={text.explore.noTopic} intro={text.explore.chooseTopic}>
        <Notice tone="bad">{sentence(detail.error)}</Notice>
        <Topics modelId={modelId} branchId={branchId} />
      </Page>
    );
  }
  if (!detail.data || !fields) return <Busy label={text.explore.loadingTopic} page />;
  return <Workbook modelId={modelId} branchId={branchId} topic={detail.data} fields={fields} />;
}
