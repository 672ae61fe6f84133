import { useEffect, useRef, useState } from "react";

import { text } from "~/text";
import { Confirm } from "~/ui/Confirm";
import { Failed } from "~/ui/Loaded";
import type { EditorHandle } from "./code/Editor";
import { useSaving, type Saving } from "./data/saving";
import { useWorkbench, type Workbench } from "./data/workbench";
import type { Model } from "./data/queries";
import { Changes } from "./panels/Changes";
import { DeleteFile } from "./panels/DeleteFile";
import { Help } from "./panels/Help";
import { MergeDialog } from "./panels/MergeDialog";
import { QuickOpen } from "./panels/QuickOpen";
import { TryQuery, type Run } from "./panels/TryQuery";
import { ConflictDialog } from "./panels/ConflictDialog";
import { FileTree } from "./panels/FileTree";
import { FilePane } from "./panels/FilePane";
import { Problems } from "./panels/Problems";
import { StatusBar } from "./panels/StatusBar";
import { Toolbar, type Panel } from "./panels/Toolbar";
import { useKeys } from "./panels/keys";
import { useLeaveGuard } from "./panels/useLeaveGuard";
import styles from "./Bench.module.css";

const words = text.ide;

type Props = { model: Model; may: ReadonlySet<string>; role: string };

/** The page: files on the left, the text in the middle, problems below, a query on the right. */
export function Bench({ model, may, role }: Props) {
  const bench = useWorkbench(model, may);
  const saving = useSaving(bench);
  const editor = useRef<EditorHandle>(null);
  const runRef = useRef<Run>(null);
  const { panels, toggle } = usePanels();
  async function check() {
    toggle("problems", true);
    await bench.problems.refetch();
  }
  function run() {
    runRef.current?.();
    return runRef.current !== null;
  }
  useKeys({ save: () => void saving.save(), check: () => void check(), toggle, run });
  const { target } = bench;
  const isThere = bench.text !== undefined;
  useEffect(() => {
    if (target && target.file === bench.file) editor.current?.go(target.line, target.column);
  }, [target, bench.file, isThere]);

  if (bench.files.isError && !bench.served) return <Failed error={bench.files.error} again={() => void bench.files.refetch()} />;
  const showsChanges = panels.has("changes") && bench.branch !== undefined;
  return (
    <div className={styles.bench} data-try={panels.has("try") || undefined}>
      <Toolbar bench={bench} saving={saving} panels={panels} toggle={toggle} onCheck={() => void check()} editor={editor} />
      <FileTree bench={bench} />
      <section className={styles.middle} aria-label={bench.file || words.file}>
        {showsChanges ? (
          <Changes bench={bench} onClose={() => toggle("changes", false)} />
        ) : (
          <FilePane bench={bench} role={role} editor={editor} />
        )}
      </section>
      {panels.has("problems") ? (
        <section className={styles.problems} aria-label={words.problems}>
          <Problems bench={bench} />
        </section>
      ) : null}
      {panels.has("try") ? <TryQuery bench={bench} runRef={runRef} /> : null}
      <StatusBar bench={bench} isOpen={panels.has("problems")} onProblems={() => toggle("problems")} />
      <Dialogs bench={bench} saving={saving} panels={panels} toggle={toggle} />
    </div>
  );
}

type DialogsProps = { bench: Workbench; saving: Saving; panels: ReadonlySet<Panel>; toggle: Toggle };

function Dialogs({ bench, saving, panels, toggle }: DialogsProps) {
  const leaving = useLeaveGuard(bench);
  const { branch } = bench;
  return (
    <>
      {panels.has("merge") && branch ? <MergeDialog bench={bench} branch={branch} onClose={() => toggle("merge", false)} /> : null}
      {panels.has("open") ? <QuickOpen bench={bench} onClose={() => toggle("open", false)} /> : null}
      {panels.has("help") ? <Help onClose={() => toggle("help", false)} /> : null}
      {bench.deleting ? <DeleteFile bench={bench} file={bench.deleting} /> : null}
      {saving.conflict ? <ConflictDialog key={saving.conflict.checksum} conflict={saving.conflict} saving={saving} /> : null}
      {leaving ? (
        <Confirm title={words.leaveTitle} yes={words.leave} onYes={leaving.go} onClose={leaving.stay}>
          {words.leaveAbout(Object.keys(bench.all).length)}
        </Confirm>
      ) : null}
    </>
  );
}

type Toggle = (panel: Panel, on?: boolean) => void;

/** Which parts of the page are open. */
function usePanels() {
  const [panels, setPanels] = useState<ReadonlySet<Panel>>(new Set());
  const toggle: Toggle = (panel, on) =>
    setPanels((now) => {
      const next = new Set(now);
      if (on ?? !now.has(panel)) next.add(panel);
      else next.delete(panel);
      return next;
    });
  return { panels, toggle };
}
