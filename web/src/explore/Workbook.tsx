import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { text } from "~/text";
import { useTitle } from "~/ui/Page";
import styles from "./Explore.module.css";
import { FieldPicker } from "./fields/FieldPicker";
import type { Topic, TopicFields } from "./fields/info";
import { Place } from "./Place";
import { bodyOf } from "./query/body";
import { addField, hasQuestion, removeField, sortBy } from "./query/state";
import { useWorkbook } from "./query/useWorkbook";
import { QueryBar } from "./QueryBar";
import { ResultPane } from "./ResultPane";
import { useRun } from "./result/useRun";
import { Toolbar } from "./Toolbar";
import type { FieldInfo, QueryState } from "./types";

type Props = { modelId: string; branchId: string | undefined; topic: Topic; fields: TopicFields };

/** Building a query on the left, its answer on the right. */
export function Workbook({ modelId, branchId, topic, fields }: Props) {
  useTitle(topic.label ?? topic.name);
  const book = useWorkbook(undefined);
  const { query, edit } = book;
  const { ask, cancel, ...state } = useRun(fields.lookup);
  const search = useRef<HTMLInputElement>(null);
  const where = useMemo(
    () => ({ modelId, topic: topic.name, baseView: topic.base_view_name, branchId }),
    [modelId, branchId, topic],
  );
  const isMeasure = useCallback((name: string) => fields.lookup.get(name)?.isMeasure ?? false, [fields]);
  const run = useCallback(
    (asked: QueryState, options: { fresh?: boolean; recall?: boolean } = {}) => {
      if (!hasQuestion(asked)) return;
      book.noteRun();
      void ask(bodyOf(asked, where), options);
    },
    [ask, where, book.noteRun],
  );

  // A query that came with the address is asked at once; SQL by hand waits for its reader to press Run.
  const [arrived, setArrived] = useState(-1);
  useEffect(() => {
    if (arrived === book.arrivals) return;
    setArrived(book.arrivals);
    if (query.sql === null) run(query, { recall: true });
  }, [arrived, book.arrivals, query, run]);

  const used = useMemo(() => new Set(query.fields), [query.fields]);
  const filtered = useMemo(() => new Set([...query.filters, ...query.anyOf].map((line) => line.field)), [query]);
  const toggle = useCallback(
    (info: FieldInfo) =>
      edit((now) => (now.fields.includes(info.name) ? removeField(now, info.name) : addField(now, info.name, isMeasure))),
    [edit, isMeasure],
  );
  const isChanged = state.asked !== undefined && state.asked !== JSON.stringify(bodyOf(query, where));

  return (
    <div className={styles.workbook}>
      <aside className={styles.side}>
        <Place modelId={modelId} branchId={branchId} topic={topic.name} />
        <FieldPicker
          views={fields.views}
          used={used}
          filtered={filtered}
          onToggle={toggle}
          onFilter={() => undefined}
          searchRef={search}
        />
      </aside>
      <section className={styles.work} aria-label={text.explore.results}>
        <Toolbar book={book} state={state} onRun={(fresh) => run(query, { fresh })} onCancel={cancel} />
        <QueryBar query={query} fields={fields} edit={edit} />
        <ResultPane
          topic={topic}
          query={query}
          state={state}
          isChanged={isChanged}
          onSort={(sort, measure, keep) => {
            const next = sortBy(query, sort, measure, keep);
            edit(() => next);
            if (!isChanged) run(next);
          }}
          onOpen={(next) => {
            edit(() => next);
            run(next);
          }}
        />
      </section>
    </div>
  );
}
