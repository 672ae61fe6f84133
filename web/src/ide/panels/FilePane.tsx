import { useMemo, type RefObject } from "react";

import { text } from "~/text";
import { Busy } from "~/ui/Busy";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Editor, type EditorHandle } from "../code/Editor";
import { fileKind } from "../code/language";
import type { Workbench } from "../data/workbench";
import styles from "./FilePane.module.css";

const words = text.ide;
const NOTHING: never[] = [];

type Props = { bench: Workbench; role: string; editor: RefObject<EditorHandle | null> };

/** The open file: its path, why it may not be changed, its text. */
export function FilePane({ bench, role, editor }: Props) {
  const { file, names, language, problems } = bench;
  const kind = fileKind(file) ?? "view";
  const known = useMemo(() => ({ language, names, file, kind }), [language, names, file, kind]);
  const found = problems.data;
  const own = useMemo(() => found?.filter((each) => each.file === file) ?? NOTHING, [found, file]);
  if (!bench.served) return <Busy label={words.loadingFiles} page />;
  if (file === "") return <Empty title={words.choose}>{words.chooseHint}</Empty>;
  if (bench.text === undefined) return <Empty title={words.gone(file)}>{words.chooseHint}</Empty>;
  const view = names.viewIn(file);
  return (
    <div className={styles.pane}>
      <div className={styles.head}>
        <bdi className={styles.path}>{file}</bdi>
        {file in bench.drafts ? <span className={styles.soft}>{words.unsaved}</span> : null}
        {view && !file.endsWith(`/${view}.view`) && file !== `${view}.view` ? <code className={styles.soft}>{view}</code> : null}
        <Why bench={bench} role={role} />
      </div>
      <div className={styles.text}>
        <Editor
          ref={editor}
          id={`${bench.where.branchId ?? ""}\n${file}`}
          text={bench.text}
          label={words.editorLabel(file)}
          readOnly={bench.isReadOnly}
          known={known}
          problems={own}
          onText={(said) => bench.type(file, said)}
          onFix={bench.fix}
          onDefinition={(each) => bench.open(each.file, each.line, each.column)}
        />
      </div>
    </div>
  );
}

function Why({ bench, role }: { bench: Workbench; role: string }) {
  if (!bench.canWrite) return <span className={styles.why}>{words.readOnlyRole(role)}</span>;
  if (!bench.isMirror) return null;
  return (
    <>
      <span className={styles.why}>{words.readOnlySchema}</span>
      <Button size="small" onClick={() => bench.unlock(bench.file)}>
        {words.changeHere}
      </Button>
    </>
  );
}
