import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api, data } from "~/api/client";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { toast } from "~/ui/toast";
import { useMay, written, type Model } from "./data/queries";
import styles from "./ModelsPage.module.css";

const words = text.ide;
const LOOK_MS = 700;

/** Begins a refresh of the schema below a model and follows its job to its end. */
export function Refresh({ model }: { model: Model }) {
  const may = useMay(model);
  const [isAsked, setAsked] = useState(false);
  const [job, setJob] = useState<string>();
  async function begin() {
    const query = { hard_refresh: true };
    const begun = await data(api.POST("/api/v1/models/{modelId}/refresh", { params: { path: { modelId: model.id }, query } }));
    setJob(begun.jobId);
  }
  if (!may.data?.permissions.has("UPDATE")) return null;
  if (job) return <Job id={job} modelId={model.id} onEnd={() => setJob(undefined)} />;
  return (
    <>
      <Button size="small" onClick={() => setAsked(true)}>
        {words.refresh}
      </Button>
      {isAsked ? (
        <Confirm title={words.refreshTitle} yes={words.refresh} onYes={begin} onClose={() => setAsked(false)}>
          {words.refreshAbout}
        </Confirm>
      ) : null}
    </>
  );
}

function Job({ id, modelId, onEnd }: { id: string; modelId: string; onEnd: () => void }) {
  const job = useQuery({
    queryKey: ["job", id],
    queryFn: () => data(api.GET("/api/v1/jobs/{jobId}/status", { params: { path: { jobId: id } } })),
    refetchInterval: (query) => (query.state.data?.status === "RUNNING" || !query.state.data ? LOOK_MS : false),
    staleTime: 0,
  });
  const { data: now, error } = job;
  useEffect(() => {
    if (now?.status === "COMPLETED") toast(words.refreshed);
    else if (now?.status === "FAILED") toast(words.refreshFailed(now.error ?? ""), "bad");
    else if (error) toast(words.refreshFailed(error.message), "bad");
    else return;
    void written({ modelId, branchId: undefined });
    onEnd();
  }, [now, error, modelId, onEnd]);
  return (
    <span className={styles.job} role="status">
      <progress aria-label={words.refreshing} /> {words.refreshing}…
    </span>
  );
}
