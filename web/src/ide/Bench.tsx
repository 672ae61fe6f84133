import { useEffect, useRef, useState } from "react";

import { text } from "~/text";
import { Confirm } from "~/ui/Confirm";
import { Busy } from "~/ui/Busy";
import { Failed } from "~/ui/Loaded";
import type { EditorHandle } from "./code/Editor";
import { useSaving } from "./data/saving";
import { useWorkbench } from "./data/workbench";
import type { Model } from "./data/queries";
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
  const [panels, setPanels] = useState<ReadonlySet<Panel>>(new Set());
  const leaving = useLeaveGuard(bench);
  const toggle = (panel: Panel, on?: boolean) =>
    setPanels((now) => {
      const next = new Set(now);
      if (on ?? !now.has(panel)) next.add(panel);
      else next.delete(panel);
      return next;
    });
  async function check() {
    toggle("problems", true);
    await bench.problems.refetch();
  }
  useKeys({ save: () => void saving.save(), check: () => void check(), toggle });
  const { target } = bench;
  useEffect(() => {
    if (target && target.file === bench.file) editor.current?.go(target.line, target.column);
  }, [target, bench.file, bench.text !== undefined]);

  if (bench.files.isPending) return <Busy label={words.loadingFiles} page />;
  if (!bench.served) return <Failed error={bench.files.error} again={() => void bench.files.refetch()} />;
  return (
    <div className={styles.bench} data-try={panels.has("try") || undefined} data-problems={panels.has("problems") || undefined}>
      <Toolbar bench={bench} saving={saving} panels={panels} toggle={toggle} onCheck={() => void check()} editor={editor} />
      <FileTree bench={bench} />
      <section className={styles.middle} aria-label={bench.file || words.file}>
        <FilePane bench={bench} saving={saving} role={role} editor={editor} />
      </section>
      {panels.has("problems") ? (
        <section className={styles.problems} aria-label={words.problems}>
          <Problems bench={bench} />
        </section>
      ) : null}
      <StatusBar bench={bench} isOpen={panels.has("problems")} onProblems={() => toggle("problems")} />
      {saving.conflict ? <ConflictDialog key={saving.conflict.checksum} conflict={saving.conflict} saving={saving} /> : null}
      {leaving ? (
        <Confirm title={words.leaveTitle} yes={words.leave} onYes={leaving.go} onClose={leaving.stay}>
          {words.leaveAbout(Object.keys(bench.all).length)}
        </Confirm>
      ) : null}
    </div>
  );
}
