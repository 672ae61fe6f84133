import { lazy, Suspense, useState, type RefObject } from "react";
import type { EditorView } from "@codemirror/view";
import { useQuery } from "@tanstack/react-query";

import { text } from "~/text";
import { Busy } from "~/ui/Busy";
import { Button } from "~/ui/Button";
import { CopyButton } from "~/ui/CopyButton";
import { Empty } from "~/ui/Empty";
import { Select } from "~/ui/Field";
import { Failure } from "./Failure";
import styles from "./Explore.module.css";
import { hasQuestion } from "./query/state";
import { type Answer, type Body, run } from "./result/run";
import type { QueryState } from "./types";

const Code = lazy(() => import("~/ui/Code"));

type Props = {
  query: QueryState;
  body: Body;
  answer: Answer | undefined;
  rights: ReadonlySet<string> | undefined;
  sqlView: RefObject<EditorView | null>;
  onSql: (sql: string | null) => void;
};

/** The SQL that answers the query; for whoever may, also SQL by hand. */
export function SqlPanel({ query, body, answer, rights, sqlView, onSql }: Props) {
  if (!rights) return <Busy label={text.explore.loadingRights} />;
  if (query.sql !== null) return <ByHand sql={query.sql} rights={rights} view={sqlView} onSql={onSql} />;
  if (!rights.has("VIEW_SQL")) return <Empty title={text.explore.noSql}>{text.explore.noSqlHint}</Empty>;
  if (!hasQuestion(query)) {
    return (
      <Empty title={text.explore.sqlEmpty}>
        <p>{text.explore.sqlEmptyHint}</p>
        {rights.has("QUERY_SQL") ? <Button onClick={() => onSql("")}>{text.explore.writeSql}</Button> : null}
      </Empty>
    );
  }
  return <Generated body={body} answer={answer} mayWrite={rights.has("QUERY_SQL")} onSql={onSql} />;
}

type GeneratedProps = { body: Body; answer: Answer | undefined; mayWrite: boolean; onSql: (sql: string) => void };

function Generated({ body, answer, mayWrite, onSql }: GeneratedProps) {
  const [kind, setKind] = useState<"display_sql" | "omni_sql">("display_sql");
  const planned = useQuery({
    queryKey: ["plan", body],
    enabled: !answer,
    queryFn: ({ signal }) => run({ ...body, planOnly: true }, { signal }),
    retry: false,
  });
  const summary = (answer ?? planned.data)?.summary;
  if (planned.isError && !answer) return <Failure failure={planned.error} />;
  if (!summary) return <Busy label={text.explore.planning} />;
  const sql = summary[kind];
  return (
    <div className={styles.sql}>
      <div className={styles.sqlBar}>
        <Select hideLabel label={text.explore.sqlKind} value={kind} onChange={(event) => setKind(event.target.value as typeof kind)}>
          <option value="display_sql">{text.explore.sqlKinds.display_sql}</option>
          <option value="omni_sql">{text.explore.sqlKinds.omni_sql}</option>
        </Select>
        <span className={styles.grow} />
        <CopyButton value={sql} />
        {mayWrite ? (
          <Button size="small" onClick={() => onSql(summary.omni_sql || summary.display_sql)}>
            {text.explore.editSql}
          </Button>
        ) : null}
      </div>
      <div className={styles.code}>
        <Suspense fallback={<Busy label={text.explore.loadingEditor} />}>
          <Code value={sql} label={text.explore.generatedSql} language="sql" readOnly />
        </Suspense>
      </div>
    </div>
  );
}

type ByHandProps = { sql: string; rights: ReadonlySet<string>; view: RefObject<EditorView | null>; onSql: (sql: string | null) => void };

function ByHand({ sql, rights, view, onSql }: ByHandProps) {
  return (
    <div className={styles.sql}>
      <div className={styles.sqlBar}>
        <span className={styles.soft}>{rights.has("QUERY_SQL") ? text.explore.sqlHint : text.explore.noSqlWriting}</span>
        <span className={styles.grow} />
        <Button size="small" onClick={() => onSql(null)}>
          {text.explore.backToFields}
        </Button>
      </div>
      <div className={styles.code}>
        <Suspense fallback={<Busy label={text.explore.loadingEditor} />}>
          <Code
            value={sql}
            label={text.explore.ownSql}
            language="sql"
            readOnly={!rights.has("QUERY_SQL")}
            autoFocus
            viewRef={view}
            onChange={onSql}
          />
        </Suspense>
      </div>
    </div>
  );
}
