import { text } from "~/text";
import type { Workbench } from "../data/workbench";
import { summary } from "./Problems";
import styles from "./StatusBar.module.css";

const words = text.ide;

/** Where saving goes, and how the model is. */
export function StatusBar({ bench, isOpen, onProblems }: { bench: Workbench; isOpen: boolean; onProblems: () => void }) {
  const { problems, branch, canWrite } = bench;
  const found = problems.data ?? [];
  const tone = found.some((each) => each.severity === "error") ? "bad" : found.length > 0 ? "warn" : "good";
  return (
    <footer className={styles.bar}>
      <button type="button" className={styles.problems} aria-expanded={isOpen} data-tone={problems.data ? tone : undefined} onClick={onProblems}>
        {problems.data ? summary(found) : words.checking}
        {problems.isFetching && problems.data ? <span className={styles.soft}> …</span> : null}
      </button>
      {canWrite ? <span className={styles.soft}>{branch ? words.onBranch(branch.name) : words.sharedLive}</span> : null}
    </footer>
  );
}
