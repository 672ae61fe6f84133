import { memo, useMemo, useState } from "react";

import { text } from "~/text";
import { Field } from "~/ui/Field";
import { filesWithErrors } from "../data/problems";
import { treeOf, type TreeFile } from "../data/tree";
import { ALWAYS_THERE, type Workbench } from "../data/workbench";
import styles from "./FileTree.module.css";

const words = text.ide;
const ALWAYS_OPEN = 40;

/** The files of the model, in groups that open and close; a part of a name finds one. */
export function FileTree({ bench }: { bench: Workbench }) {
  const [search, setSearch] = useState("");
  const { texts, mirrored, drafts, marks, file, open } = bench;
  const files = useMemo(() => (bench.served ? [...new Set([...ALWAYS_THERE, ...Object.keys(texts)])] : []), [bench.served, texts]);
  const dirty = Object.keys(drafts).sort().join("\n");
  const problems = bench.problems.data;
  const wrong = useMemo(() => filesWithErrors(problems ?? []), [problems]);
  const groups = useMemo(() => {
    return treeOf({ files, mirrored, dirty: new Set(dirty === "" ? [] : dirty.split("\n")), marks, search });
  }, [files, mirrored, dirty, marks, search]);
  return (
    <nav className={styles.tree} aria-label={words.files}>
      <Field label={words.searchFiles} hideLabel type="search" placeholder={words.searchFiles} value={search} onChange={(event) => setSearch(event.target.value)} />
      <div className={styles.groups}>
        {groups.length === 0 && bench.served ? <p className={styles.none}>{words.noFiles}</p> : null}
        {groups.map(({ section, folders }) => {
          const isPlain = section === "model" || section === "relationships";
          const count = folders.reduce((sum, each) => sum + each.files.length, 0);
          const rows = folders.map(({ folder, files }) => (
            <Folder key={folder} folder={folder} files={files} isOpen={search !== "" || files.length <= ALWAYS_OPEN || files.some((each) => each.file === file)} at={file} wrong={wrong} onOpen={open} />
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

type Shown = { wrong: ReadonlySet<string>; at: string; onOpen: (file: string) => void };
type FolderProps = Shown & { folder: string; files: readonly TreeFile[]; isOpen: boolean };

function Folder({ folder, files, isOpen, at, wrong, onOpen }: FolderProps) {
  const rows = (
    <ul>
      {files.map((each) => (
        <li key={each.file}>
          <Row row={each} isOpen={each.file === at} isWrong={wrong.has(each.file)} onOpen={onOpen} />
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

type RowProps = { row: TreeFile; isOpen: boolean; isWrong: boolean; onOpen: (file: string) => void };

const Row = memo(function Row({ row, isOpen, isWrong, onOpen }: RowProps) {
  return (
    <button
      type="button"
      className={styles.file}
      aria-current={isOpen ? "page" : undefined}
      data-error={isWrong || undefined}
      title={row.file}
      onClick={() => onOpen(row.file)}
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
});
