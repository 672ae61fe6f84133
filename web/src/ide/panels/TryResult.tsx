import { useState } from "react";

import { Grid } from "~/explore/grid/Grid";
import type { Answer } from "~/explore/result/run";
import { text } from "~/text";
import Code from "~/ui/Code";
import { Tabs } from "~/ui/Tabs";
import styles from "./TryQuery.module.css";

const words = text.ide;

/** The rows of an answer, and the SQL that brought them. */
export function TryResult({ answer }: { answer: Answer }) {
  const [tab, setTab] = useState<"rows" | "sql">("rows");
  const { result, summary, cache } = answer;
  const missing = summary.missing_fields;
  const count = result?.length ?? 0;
  return (
    <div className={styles.answer}>
      <Tabs
        label={words.resultTabs}
        tabs={[
          { name: "rows", label: words.result },
          { name: "sql", label: words.sql },
        ]}
        chosen={tab}
        onChoose={setTab}
        panelId="try-result"
      />
      {missing.length > 0 ? <p className={styles.warn}>{words.missing(missing.join(", "))}</p> : null}
      <div id="try-result" role="tabpanel" className={styles.shown}>
        {tab === "sql" ? (
          <Code value={summary.display_sql} label={words.sql} language="sql" readOnly wrap />
        ) : result && count > 0 ? (
          <Grid result={result} sorts={[]} onSort={() => undefined} />
        ) : (
          <p className={styles.soft}>{words.noRows}</p>
        )}
      </div>
      <p className={styles.soft} role="status">
        {words.rows(count, Math.max(count, cache?.num_rows ?? count))}
      </p>
    </div>
  );
}
