import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { EditorView } from "@codemirror/view";

import { useRights } from "~/api/rights";
import { text } from "~/text";
import { useTitle } from "~/ui/Page";
import styles from "./Explore.module.css";
import { FieldPicker } from "./fields/FieldPicker";
import { type Topic, type TopicFields, filteredName } from "./fields/info";
import { FilterPanel } from "./filters/FilterPanel";
import { Help } from "./Help";
import { Inspector } from "./Inspector";
import { Place } from "./Place";
import { bodyOf, queryObject } from "./query/body";
import { defaultFilters } from "./query/samples";
import { EMPTY, addField, hasQuestion, limited, removeField, sortBy } from "./query/state";
import { useWorkbook } from "./query/useWorkbook";
import { QueryBar } from "./QueryBar";
import { ResultPane, TABS, type Tab } from "./ResultPane";
import { useRun } from "./result/useRun";
import { type Command, useShortcuts } from "./shortcuts";
import { Toolbar } from "./Toolbar";
import type { ChartImage, FieldInfo, QueryState } from "./types";

type Props = { modelId: string; branchId: string | undefined; topic: Topic; fields: TopicFields };

const NO_RIGHTS: ReadonlySet<string> = new Set();

/** A query as a topic opens: its default filters and its number of rows. */
function startOf(topic: Topic): QueryState {
  const limit = topic.default_row_limit ? limited(topic.default_row_limit) : EMPTY.limit;
  return { ...EMPTY, filters: defaultFilters(topic), limit };
}

/** Building a query on the left, its answer on the right. */
export function Workbook({ modelId, branchId, topic, fields }: Props) {
  const title = topic.label ?? topic.name;
  useTitle(title);
  const start = useMemo(() => startOf(topic), [topic]);
  const book = useWorkbook({ query: start, chart: undefined });
  const { query, edit, noteRun } = book;
  const { ask, cancel, ...state } = useRun(fields.lookup);
  const { data: held, isError: isUnknown } = useRights(modelId);
  const rights = isUnknown ? NO_RIGHTS : held?.permissions;
  const [params, setParams] = useSearchParams();
  const tab = TABS.find((name) => name === params.get("tab")) ?? "table";
  const [isInspecting, setInspecting] = useState(false);
  const [isHelping, setHelping] = useState(false);
  const [fresh, setFresh] = useState<string>();
  const [image, setImage] = useState<ChartImage>();
  const onImage = useCallback((next: ChartImage | undefined) => setImage(() => next), []);
  const search = useRef<HTMLInputElement>(null);
  const where = useMemo(
    () => ({ modelId, topic: topic.name, baseView: topic.base_view_name, branchId }),
    [modelId, branchId, topic],
  );
  const base = useMemo(() => {
    const { fields: _fields, filters: _filters, sorts: _sorts, limit: _limit, ...rest } = queryObject(EMPTY, where);
    return rest;
  }, [where]);
  const body = useMemo(() => bodyOf(query, where), [query, where]);
  const calendar = useMemo(() => calendarOf(topic), [topic]);
  const isMeasure = useCallback((name: string) => fields.lookup.get(name)?.isMeasure ?? false, [fields]);

  const run = useCallback(
    (asked: QueryState, options: { fresh?: boolean; recall?: boolean } = {}) => {
      if (!hasQuestion(asked)) return;
      noteRun();
      void ask(bodyOf(asked, where), options);
    },
    [ask, where, noteRun],
  );
  // Filters are read by the server: one that was typed a moment ago is waited for before the query runs.
  const settling = useRef(new Set<Promise<unknown>>());
  const onSettling = useCallback((work: Promise<unknown>) => {
    settling.current.add(work);
    void work.finally(() => settling.current.delete(work));
  }, []);
  async function runNow(isFresh: boolean) {
    const focused = document.activeElement as HTMLElement | null;
    if (focused?.matches("[role=combobox]")) focused.blur();
    await Promise.all(settling.current);
    run(book.latest(), { fresh: isFresh });
  }

  // A query that came with the address is asked at once; SQL by hand waits for its reader to press Run.
  const [arrived, setArrived] = useState(-1);
  useEffect(() => {
    if (arrived === book.arrivals) return;
    setArrived(book.arrivals);
    if (query.sql === null && topic.auto_run !== false) run(query, { recall: true });
  }, [arrived, book.arrivals, query, run, topic]);

  const isSql = query.sql !== null;
  const sqlView = useRef<EditorView>(null);
  const used = useMemo(() => new Set(isSql ? [] : query.fields), [isSql, query.fields]);
  const filtered = useMemo(
    () => new Set([...query.filters, ...query.anyOf].map((line) => line.field)),
    [query.filters, query.anyOf],
  );
  const toggle = useCallback(
    (info: FieldInfo) => {
      if (isSql) insert(sqlView.current, `\${${info.name}}`);
      else edit((now) => (now.fields.includes(info.name) ? removeField(now, info.name) : addField(now, info.name, isMeasure)));
    },
    [edit, isMeasure, isSql],
  );
  const filterBy = useCallback(
    (info: FieldInfo) => {
      const field = filteredName(info);
      setFresh(field);
      edit((now) =>
        [...now.filters, ...now.anyOf].some((line) => line.field === field)
          ? now
          : { ...now, filters: [...now.filters, { field, filter: null }] },
      );
    },
    [edit],
  );
  const setTab = (next: Tab) =>
    setParams(
      (old) => {
        const to = new URLSearchParams(old);
        if (next === "table") to.delete("tab");
        else to.set("tab", next);
        return to;
      },
      { replace: true },
    );
  const commands: Record<Command, () => void> = {
    run: () => void runNow(false),
    runFresh: () => void runNow(true),
    search: () => search.current?.focus(),
    inspector: () => setInspecting(!isInspecting),
    undo: () => book.undo?.(),
    redo: () => book.redo?.(),
    table: () => setTab("table"),
    chart: () => setTab("chart"),
    sql: () => setTab("sql"),
    help: () => setHelping(true),
  };
  useShortcuts((command) => commands[command]());
  const isChanged = state.asked !== undefined && state.asked !== JSON.stringify(body);

  return (
    <div className={styles.workbook} data-inspecting={isInspecting || undefined}>
      <h1 className="visually-hidden">{title}</h1>
      <aside className={styles.side} aria-label={text.explore.topic}>
        <Place modelId={modelId} branchId={branchId} topic={topic.name} />
        <FieldPicker
          views={fields.views}
          used={used}
          filtered={filtered}
          onToggle={toggle}
          onFilter={filterBy}
          searchRef={search}
        />
      </aside>
      <section className={styles.work} aria-label={text.explore.query}>
        <Toolbar
          book={book}
          state={state}
          body={body}
          name={title}
          image={tab === "chart" ? image : undefined}
          isInspecting={isInspecting}
          commands={commands}
          onCancel={cancel}
          onClear={() => edit(() => start)}
        />
        <QueryBar query={query} fields={fields} edit={edit} onFilter={filterBy} />
        <FilterPanel
          query={query}
          fields={fields}
          edit={edit}
          base={base}
          branchId={branchId}
          calendar={calendar}
          fresh={fresh}
          onSettling={onSettling}
        />
        <ResultPane
          topic={topic}
          fields={fields}
          query={query}
          chart={book.chart}
          body={body}
          state={state}
          isChanged={isChanged}
          rights={rights}
          tab={query.sql !== null && tab === "table" && !state.answer ? "sql" : tab}
          onTab={setTab}
          onSort={(sort, measure, keep) => {
            const next = sortBy(query, sort, measure, keep);
            edit(() => next);
            if (!isChanged) run(next);
          }}
          onOpen={(next) => {
            edit(() => next);
            run(next);
          }}
          sqlView={sqlView}
          onSql={(sql) => edit((now) => ({ ...now, sql }))}
          onChart={book.setChart}
          onImage={onImage}
        />
      </section>
      {isInspecting ? <Inspector body={body} answer={state.answer} onClose={() => setInspecting(false)} /> : null}
      {isHelping ? <Help onClose={() => setHelping(false)} /> : null}
    </div>
  );
}

/** Puts a text where the cursor of an editor is. */
function insert(view: EditorView | null, words: string): void {
  if (!view) return;
  view.dispatch(view.state.replaceSelection(words));
  view.focus();
}

function calendarOf(topic: Topic) {
  const day = topic.week_start_day ?? undefined;
  return {
    weekStartDay: day ? day.charAt(0).toUpperCase() + day.slice(1).toLowerCase() : undefined,
    fiscalMonthOffset: topic.fiscal_month_offset ?? undefined,
  };
}
