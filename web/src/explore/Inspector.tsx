import { text } from "~/text";
import { BASE } from "~/api/client";
import { Button } from "~/ui/Button";
import { CopyButton } from "~/ui/CopyButton";
import styles from "./Explore.module.css";
import { curlOf, pythonOf } from "./query/body";
import type { Answer, Body } from "./result/run";

type Props = { body: Body; answer: Answer | undefined; onClose: () => void };

/** What is asked, to take along; how it was answered. */
export function Inspector({ body, answer, onClose }: Props) {
  const written = JSON.stringify(body, null, 2);
  return (
    <aside className={styles.inspector} aria-label={text.explore.inspector}>
      <div className={styles.inspectorHead}>
        <h2>{text.explore.inspector}</h2>
        <Button kind="quiet" size="small" aria-label={text.common.close} onClick={onClose}>
          ×
        </Button>
      </div>
      <h3>{text.explore.answered}</h3>
      {answer ? <Facts answer={answer} /> : <p className={styles.soft}>{text.explore.notAsked}</p>}
      <h3>{text.explore.takeAlong}</h3>
      <p className={styles.soft}>{text.explore.takeAlongHint}</p>
      <div className={styles.copies}>
        <CopyButton value={written} label={text.explore.copyBody} />
        <CopyButton value={curlOf(body, BASE.href)} label={text.explore.copyCurl} />
        <CopyButton value={pythonOf(body, BASE.href)} label={text.explore.copyPython} />
      </div>
      <h3>{text.explore.queryJson}</h3>
      <pre className={styles.json} tabIndex={0} aria-label={text.explore.queryJson}>
        {written}
      </pre>
    </aside>
  );
}

function Facts({ answer }: { answer: Answer }) {
  const { stats, cache_type: cacheType } = answer.summary;
  const said = text.explore.facts;
  const facts: [string, string][] = [
    [said.cache, text.explore.cacheTypes[cacheType] ?? cacheType],
    ...(answer.cache ? ([[said.fresh, timeOf(answer.cache.data_fresh_at)]] as [string, string][]) : []),
    ...(answer.cache ? ([[said.kept, text.explore.seconds(answer.cache.ttl)]] as [string, string][]) : []),
    [said.planned, milliseconds(stats.plan_job_execution)],
    [said.queued, milliseconds(stats.queue_ms)],
    [said.ran, milliseconds(stats.stream_open)],
    [said.whole, milliseconds(Math.round(answer.milliseconds))],
    ...(answer.cache ? ([[said.rows, answer.cache.num_rows.toLocaleString("en")]] as [string, string][]) : []),
    ...(answer.cache ? ([[said.bytes, bytesOf(answer.cache.bytes)]] as [string, string][]) : []),
    [said.job, answer.jobId],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const milliseconds = (value: number | undefined): string => (value === undefined ? "–" : `${value.toLocaleString("en")} ms`);
const bytesOf = (bytes: number): string => (bytes < 10_000 ? `${bytes} B` : `${Math.round(bytes / 1024).toLocaleString("en")} KiB`);
const timeOf = (wire: string): string => new Date(wire).toLocaleString();
