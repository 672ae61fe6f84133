import { useState } from "react";

import { text } from "~/text";
import { Empty } from "~/ui/Empty";
import { Notice } from "~/ui/Notice";
import { Tabs } from "~/ui/Tabs";
import { EmptyQuery } from "./EmptyQuery";
import styles from "./Explore.module.css";
import type { Topic } from "./fields/info";
import { Grid } from "./grid/Grid";
import { Failure } from "./Failure";
import type { RunState } from "./result/useRun";
import { Status } from "./Status";
import type { QueryState, SortLine } from "./types";

export type Tab = "table" | "chart" | "sql";

type Props = {
  topic: Topic;
  query: QueryState;
  state: RunState;
  isChanged: boolean;
  onSort: (sort: Omit<SortLine, "descending">, isMeasure: boolean, keep: boolean) => void;
  onOpen: (query: QueryState) => void;
};

export function ResultPane({ topic, query, state, isChanged, onSort, onOpen }: Props) {
  const [tab, setTab] = useState<Tab>("table");
  const { answer, failure } = state;
  const result = answer?.result;
  return (
    <>
      <div className={styles.tabs}>
        <Tabs
          label={text.explore.views}
          panelId="result-panel"
          chosen={tab}
          onChoose={setTab}
          tabs={[{ name: "table" as const, label: text.explore.tabs.table }]}
        />
        <Status answer={answer} query={query} isChanged={isChanged && state.since === undefined} />
      </div>
      {failure && state.since === undefined ? <Failure failure={failure} /> : null}
      {answer?.summary.missing_fields.length ? (
        <Notice tone="warn">{text.explore.missing(answer.summary.missing_fields.join(", "))}</Notice>
      ) : null}
      <div id="result-panel" role="tabpanel" className={styles.panel} data-old={state.since !== undefined || undefined}>
        {result ? (
          result.length === 0 ? (
            <Empty title={text.explore.noRows}>{text.explore.noRowsHint}</Empty>
          ) : (
            <Grid result={result} sorts={query.sorts} onSort={onSort} />
          )
        ) : failure || state.since !== undefined ? null : (
          <EmptyQuery topic={topic} query={query} onOpen={onOpen} />
        )}
      </div>
    </>
  );
}
