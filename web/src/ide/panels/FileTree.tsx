import { useMemo, useState } from "react";

import { text } from "~/text";
import { Field } from "~/ui/Field";
import { isConsequence } from "../data/problems";
import { treeOf, type TreeFile } from "../data/tree";
import type { Workbench } from "../data/workbench";
import styles from "./FileTree.module.css";

const words = text.ide;
const ALWAYS_OPEN = 40;

/** The files of the model, in groups that open and close; a part of a name finds one. */
export function FileTree({ bench }: { bench: Workbench }) {
  const [search, setSearch] = useState("");
  const { texts, mirrored, drafts, marks } = bench;
  const groups = useMemo(() => {
    return treeOf({ files: Object.keys(texts), mirrored, dirty: new Set(Object.keys(drafts)), marks, search });
  }, [texts, mirrored, drafts, marks, search]);
  return (
    <nav className={styles.tree} aria-label={words.files}>
      <Field label={words.searchFiles} hideLabel type="search" placeholder={words.searchFiles} value={search} onChange={(event) => setSearch(event.target.value)} />
      <div className={styles.groups}>
        {groups.length === 0 && bench.served ? <p className={styles.none}>{words.noFiles}</p> : null}
        {groups.map(({ section, folders }) => {
          const isPlain = section === "model" || section === "relationships";
          const count = folders.reduce((sum, each) => sum + each.files.length, 0);
          const rows = folders.map(({ folder, files }) => (
            <Folder key={folder} folder={folder} files={files} bench={bench} isOpen={search !== "" || files.length <= ALWAYS_OPEN} />
          ));
          if (isPlain) return <div key={section}>{rows}</div>;
          return (
            <details key={section} open className={styles.section}>
              <summary>
                {words.sections[section]} <span className={styles.count}>{count}</span>
              </summary>
              {rows}
            </details>
          );
        })}
      </div>
    </nav>
  );
}

type FolderProps = { folder: string; files: readonly TreeFile[]; bench: Workbench; isOpen: boolean };

function Folder({ folder, files, bench, isOpen }: FolderProps) {
  const rows = (
    <ul>
      {files.map((each) => (
        <li key={each.file}>
          <Row row={each} bench={bench} />
        </li>
      ))}
    </ul>
  );
  if (folder === "") return rows;
  return (
    <details open={isOpen} className={styles.folder}>
      <summary>
        <bdi>{folder}</bdi>
      </summary>
      {rows}
    </details>
  );
}

function Row({ row, bench }: { row: TreeFile; bench: Workbench }) {
  const isOpen = row.file === bench.file;
  const problems = bench.problems.data ?? [];
  const hasError = problems.some((each) => each.file === row.file && each.severity === "error" && !isConsequence(each));
  return (
    <button
      type="button"
      className={styles.file}
      aria-current={isOpen ? "page" : undefined}
      data-error={hasError || undefined}
      title={row.file}
      onClick={() => bench.open(row.file)}
    >
      <bdi className={styles.name}>{row.name}</bdi>
      {row.mark ? (
        <span className={styles.mark} title={words.marks[row.mark]}>
          <span aria-hidden="true">{words.markLetters[row.mark]}</span>
          <span className="visually-hidden">{words.marks[row.mark]}</span>
        </span>
      ) : null}
      {row.isDirty ? (
        <span className={styles.dirty} title={words.unsaved}>
          <span className="visually-hidden">{words.unsaved}</span>
        </span>
      ) : null}
    </button>
  );
}
