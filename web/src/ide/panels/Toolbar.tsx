import type { RefObject } from "react";
import { Link } from "react-router";

import { text } from "~/text";
import { Button } from "~/ui/Button";
import type { EditorHandle } from "../code/Editor";
import type { Saving } from "../data/saving";
import type { Workbench } from "../data/workbench";
import { BranchMenu } from "./BranchMenu";
import { FileMenu } from "./FileMenu";
import styles from "./Toolbar.module.css";

const words = text.ide;

/** What opens and closes on this page. */
export type Panel = "problems" | "try" | "changes" | "merge" | "open" | "help";

type Props = {
  bench: Workbench;
  saving: Saving;
  panels: ReadonlySet<Panel>;
  toggle: (panel: Panel, on?: boolean) => void;
  onCheck: () => void;
  editor: RefObject<EditorHandle | null>;
};

/** Which model and branch this is, and what can be done with it. */
export function Toolbar({ bench, saving, panels, toggle, onCheck, editor }: Props) {
  const isDirty = bench.file in bench.drafts;
  const { branch } = bench;
  return (
    <header className={styles.bar}>
      <h1 className={styles.title}>
        <Link to="/models">{words.title}</Link>
        <span aria-hidden="true"> / </span>
        <bdi>{bench.model.name}</bdi>
      </h1>
      <BranchMenu bench={bench} />
      <FileMenu bench={bench} editor={editor} />
      <span className={styles.space} />
      {branch ? (
        <Button size="small" aria-pressed={panels.has("changes")} onClick={() => toggle("changes")}>
          {words.changes}
          {bench.marks.size > 0 ? <span className={styles.count}>{bench.marks.size}</span> : null}
        </Button>
      ) : null}
      {branch && bench.canWrite ? (
        <Button size="small" onClick={() => toggle("merge", true)}>
          {words.merge}
        </Button>
      ) : null}
      <Button size="small" aria-pressed={panels.has("try")} onClick={() => toggle("try")}>
        {words.tryQuery}
      </Button>
      <Button size="small" onClick={onCheck}>
        {words.check}
      </Button>
      {bench.canWrite ? (
        <Button size="small" kind="primary" disabled={!isDirty || bench.isReadOnly} busy={saving.busy} onClick={() => void saving.save()}>
          {words.save}
        </Button>
      ) : null}
      <Button size="small" kind="quiet" aria-label={words.help} title={words.help} onClick={() => toggle("help", true)}>
        ?
      </Button>
    </header>
  );
}
