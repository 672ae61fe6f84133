import type { RefObject } from "react";
import { Link } from "react-router";

import { text } from "~/text";
import { Button } from "~/ui/Button";
import type { EditorHandle } from "../code/Editor";
import type { Saving } from "../data/saving";
import type { Workbench } from "../data/workbench";
import { BranchMenu } from "./BranchMenu";
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
export function Toolbar({ bench, saving, onCheck }: Props) {
  const isDirty = bench.file in bench.drafts;
  return (
    <header className={styles.bar}>
      <h1 className={styles.title}>
        <Link to="/models">{words.title}</Link>
        <span aria-hidden="true"> / </span>
        <bdi>{bench.model.name}</bdi>
      </h1>
      <BranchMenu bench={bench} />
      <span className={styles.space} />
      <Button size="small" onClick={onCheck}>
        {words.check}
      </Button>
      {bench.canWrite ? (
        <Button size="small" kind="primary" disabled={!isDirty || bench.isReadOnly} busy={saving.busy} onClick={() => void saving.save()}>
          {words.save}
        </Button>
      ) : null}
    </header>
  );
}
