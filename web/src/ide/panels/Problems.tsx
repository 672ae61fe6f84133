import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Busy } from "~/ui/Busy";
import { Button } from "~/ui/Button";
import { Notice } from "~/ui/Notice";
import type { Problem } from "../data/queries";
import { causesFirst } from "../data/problems";
import type { Workbench } from "../data/workbench";
import styles from "./Problems.module.css";

const words = text.ide;
const MOST = 200;

/** Every finding about the model as it is typed now; each leads to its line, and mends itself where it can. */
export function Problems({ bench }: { bench: Workbench }) {
  const { problems } = bench;
  if (problems.isPending) return <Busy label={words.checking} />;
  if (problems.error) return <Notice tone="bad">{sentence(problems.error)}</Notice>;
  const found = causesFirst(problems.data ?? []);
  if (found.length === 0) {
    return (
      <p className={styles.none} role="status">
        <strong>{words.noProblems}.</strong> {words.noProblemsHint}
      </p>
    );
  }
  return (
    <ul className={styles.list} aria-label={words.problems}>
      {found.slice(0, MOST).map((each, index) => (
        <li key={`${each.file}:${each.line}:${each.column}:${each.code}:${index}`}>
          <Row problem={each} bench={bench} />
        </li>
      ))}
      {found.length > MOST ? <li className={styles.none}>{words.moreProblems(found.length - MOST)}</li> : null}
    </ul>
  );
}

function Row({ problem, bench }: { problem: Problem; bench: Workbench }) {
  const { file, line, column, severity, message, hint, autoFix } = problem;
  return (
    <div className={styles.row}>
      <span className={styles.tone} data-tone={severity}>
        {severity === "error" ? words.error : words.warning}
      </span>
      <button type="button" className={styles.place} onClick={() => bench.open(file, line, column)}>
        <bdi>{`${file}:${line}`}</bdi>
      </button>
      <span className={styles.said}>
        <bdi>{message}</bdi> {hint ? <bdi className={styles.hint}>{hint}</bdi> : null}
      </span>
      {autoFix && bench.canWrite ? (
        <Button size="small" title={autoFix.description_unique} onClick={() => bench.fix(problem)}>
          {autoFix.description_short}
        </Button>
      ) : null}
    </div>
  );
}

/** How many errors and warnings there are, in words. */
export function summary(problems: readonly Problem[]): string {
  const errors = problems.filter((each) => each.severity === "error").length;
  return problems.length === 0 ? words.noProblems : words.problemCount(errors, problems.length - errors);
}
