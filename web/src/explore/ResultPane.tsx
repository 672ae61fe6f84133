import { lazy, Suspense, type RefObject } from "react";
import type { EditorView } from "@codemirror/view";

import { text } from "~/text";
import { Busy } from "~/ui/Busy";
import { Empty } from "~/ui/Empty";
import { Notice } from "~/ui/Notice";
import { Tabs } from "~/ui/Tabs";
import { EmptyQuery } from "./EmptyQuery";
import styles from "./Explore.module.css";
import { Failure } from "./Failure";
import type { Topic, TopicFields } from "./fields/info";
import { Grid } from "./grid/Grid";
import type { Body } from "./result/run";
import type { RunState } from "./result/useRun";
import { SqlPanel } from "./SqlPanel";
import { Status } from "./Status";
import type { ChartImage, ChartPanelProps, ChartSpec, QueryState, SortLine } from "./types";

export const TABS = ["table", "chart", "sql"] as const;
export type Tab = (typeof TABS)[number];

const parts = import.meta.glob<{ ChartPanel: React.ComponentType<ChartPanelProps> }>("./chart/ChartPanel.tsx");
const loadChart = Object.values(parts)[0];
const ChartPanel = loadChart ? lazy(async () => ({ default: (await loadChart()).ChartPanel })) : undefined;

type Props = {
  topic: Topic;
  fields: TopicFields;
  query: QueryState;
  chart: ChartSpec | undefined;
  body: Body;
  state: RunState;
  isChanged: boolean;
  rights: ReadonlySet<string> | undefined;
  tab: Tab;
  onTab: (tab: Tab) => void;
  onSort: (sort: Omit<SortLine, "descending">, isMeasure: boolean, keep: boolean) => void;
  onOpen: (query: QueryState) => void;
  sqlView: RefObject<EditorView | null>;
  onSql: (sql: string | null) => void;
  onChart: (chart: ChartSpec | undefined) => void;
  onImage: (image: ChartImage | undefined) => void;
};

/** The answer as a table, as a chart, and the SQL that gave it. */
export function ResultPane({ tab, onTab, isChanged, ...props }: Props) {
  const { query, state } = props;
  const { answer, failure } = state;
  const isRunning = state.since !== undefined;
  const { missing_fields: missing = [], invalid_calculations: invalid = {} } = answer?.summary ?? {};
  const shown = TABS.filter((name) => name !== "chart" || ChartPanel);
  return (
    <>
      <div className={styles.tabs}>
        <Tabs
          label={text.explore.views}
          panelId="result-panel"
          chosen={tab}
          onChoose={onTab}
          tabs={shown.map((name) => ({ name, label: text.explore.tabs[name] }))}
        />
        <Status answer={answer} query={query} isChanged={isChanged && !isRunning} />
      </div>
      {failure && !isRunning ? <Failure failure={failure} /> : null}
      {missing.length ? <Notice tone="warn">{text.explore.missing(missing.join(", "))}</Notice> : null}
      {Object.keys(invalid).length ? (
        <Notice tone="warn">{text.explore.badCalculations(Object.values(invalid).join(" "))}</Notice>
      ) : null}
      <div
        id="result-panel"
        role="tabpanel"
        aria-label={text.explore.tabs[tab]}
        className={styles.panel}
        data-old={(isRunning && tab !== "sql") || undefined}
      >
        {tab === "sql" ? (
          <div className={query.sql !== null && answer?.result ? styles.split : styles.whole}>
            <SqlPanel {...props} answer={isChanged || isRunning || failure ? undefined : answer} />
            {query.sql !== null && answer?.result ? <Rows {...props} tab="table" /> : null}
          </div>
        ) : (
          <Rows {...props} tab={tab} />
        )}
      </div>
    </>
  );
}

function Rows({ tab, topic, fields, query, chart, state, onSort, onOpen, onChart, onImage }: Omit<Props, "isChanged" | "onTab">) {
  const result = state.answer?.result;
  if (!result) {
    if (state.failure || state.since !== undefined) return null;
    return <EmptyQuery topic={topic} query={query} onOpen={onOpen} />;
  }
  if (result.length === 0) return <Empty title={text.explore.noRows}>{text.explore.noRowsHint}</Empty>;
  if (tab === "chart" && ChartPanel) {
    return (
      <Suspense fallback={<Busy label={text.explore.loadingChart} />}>
        <ChartPanel
          result={result}
          query={query}
          fields={fields.lookup}
          chart={chart}
          onChart={onChart}
          onImage={onImage}
        />
      </Suspense>
    );
  }
  return <Grid result={result} sorts={query.sorts} onSort={onSort} />;
}
