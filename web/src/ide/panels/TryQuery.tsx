import { useEffect, useMemo, useState, type RefObject } from "react";
import { Link } from "react-router";

import { Failure } from "~/explore/Failure";
import { fieldsOf, type Topic } from "~/explore/fields/info";
import { bodyOf } from "~/explore/query/body";
import { write } from "~/explore/query/codec";
import { useRun } from "~/explore/result/useRun";
import { text } from "~/text";
import { Busy } from "~/ui/Busy";
import { Button } from "~/ui/Button";
import { Select } from "~/ui/Field";
import { Loaded } from "~/ui/Loaded";
import { useTopic, useTopics } from "../data/queries";
import { queryOf } from "../data/tryQuery";
import type { Workbench } from "../data/workbench";
import { TryFields } from "./TryFields";
import { TryResult } from "./TryResult";
import styles from "./TryQuery.module.css";

const words = text.ide;

export type Run = () => void;
type Props = { bench: Workbench; runRef: RefObject<Run | null> };

/** A small query beside the editor, asked of the branch as it is saved. */
export function TryQuery({ bench, runRef }: Props) {
  const topics = useTopics(bench.where);
  const [chosen, setChosen] = useState<string>();
  return (
    <aside className={styles.panel} aria-label={words.tryQuery}>
      <Loaded of={topics} label={words.loadingTopics}>
        {(found) => {
          if (found.length === 0) return <p className={styles.soft}>{words.noTopics}</p>;
          const name = found.some((each) => each.name === chosen) ? chosen! : nearest(found, bench);
          return (
            <>
              <Select label={words.topic} value={name} onChange={(event) => setChosen(event.target.value)}>
                {found.map((each) => (
                  <option key={each.name} value={each.name}>
                    {each.label ?? each.name}
                  </option>
                ))}
              </Select>
              <OfTopic key={name} name={name} bench={bench} runRef={runRef} />
            </>
          );
        }}
      </Loaded>
    </aside>
  );
}

/** The topic of the open file, else one that begins at its view, else one that names the view, else the first. */
function nearest(topics: readonly { name: string; base_view_name: string }[], bench: Workbench): string {
  const view = bench.names.viewIn(bench.file);
  const own = topics.find((each) => bench.file.replace(/^.*\//, "") === `${each.name}.topic`);
  const based = topics.find((each) => each.base_view_name === view);
  const naming = topics.find((each) => {
    const file = bench.names.topic(each.name)?.file ?? "";
    return view !== undefined && new RegExp(`\\b${view.replace(/\W/g, "\\W")}\\b`).test(bench.texts[file] ?? "");
  });
  return (own ?? based ?? naming ?? topics[0]!).name;
}

function OfTopic({ name, bench, runRef }: Props & { name: string }) {
  const topic = useTopic(bench.where, name);
  return (
    <Loaded of={topic} label={words.loadingFields}>
      {(found) => <Asking topic={found} bench={bench} runRef={runRef} />}
    </Loaded>
  );
}

function Asking({ topic, bench, runRef }: Props & { topic: Topic }) {
  const { all, lookup } = useMemo(() => fieldsOf(topic), [topic]);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const running = useRun(lookup);
  const fields = picked.filter((each) => lookup.get(each));
  const query = queryOf(fields);
  const { modelId, branchId } = bench.where;
  const go = () => {
    if (fields.length === 0) return;
    void running.ask(bodyOf(query, { modelId, branchId, topic: topic.name, baseView: topic.base_view_name }));
  };
  useEffect(() => {
    runRef.current = go;
    return () => {
      runRef.current = null;
    };
  });
  const toggle = (field: string) =>
    setPicked((now) => (now.includes(field) ? now.filter((each) => each !== field) : [...now, field]));
  const kept = write({ query, chart: undefined });
  const search = new URLSearchParams({ ...(branchId ? { branch: branchId } : {}), ...(kept ? { q: kept } : {}) });
  return (
    <>
      <TryFields all={all} picked={fields} onToggle={toggle} />
      <div className={styles.actions}>
        <Button kind="primary" size="small" disabled={fields.length === 0} busy={running.since !== undefined} onClick={go}>
          {words.run}
        </Button>
        <Link to={`/explore/${modelId}/${encodeURIComponent(topic.name)}?${search}`}>{words.openInExplore}</Link>
      </div>
      <div className={styles.result}>
        {running.since !== undefined && !running.answer ? <Busy label={words.running} /> : null}
        {running.failure ? <Failure failure={running.failure} /> : null}
        {running.answer && !running.failure ? <TryResult answer={running.answer} /> : null}
        {!running.answer && !running.failure && running.since === undefined ? (
          <p className={styles.soft}>{`${words.pickFields} ${words.asSaved}`}</p>
        ) : null}
      </div>
    </>
  );
}
