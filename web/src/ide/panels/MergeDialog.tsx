import { useState } from "react";

import { ApiError } from "~/api/client";
import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Check, Field } from "~/ui/Field";
import { Dialog } from "~/ui/Dialog";
import { Notice } from "~/ui/Notice";
import { toast } from "~/ui/toast";
import { written } from "../data/queries";
import type { Workbench } from "../data/workbench";
import { mergeBranch } from "../data/writes";
import styles from "./Changes.module.css";

const words = text.ide;

type Props = { bench: Workbench; branch: { id: string; name: string }; onClose: () => void };

/** Makes what a branch says the model; what stands against it is named. */
export function MergeDialog({ bench, branch, onClose }: Props) {
  const [message, setMessage] = useState("");
  const [andDelete, setDelete] = useState(true);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>();
  const diff = bench.diff.data;
  const isUnsaved = Object.keys(bench.drafts).length > 0;
  const errors = (bench.problems.data ?? []).filter((each) => each.severity === "error").length;
  const conflicts = diff?.conflicts ?? [];
  async function go() {
    setBusy(true);
    setWrong(undefined);
    try {
      await mergeBranch(bench.model.id, branch.name, message, andDelete);
      if (andDelete) bench.goToBranch(undefined);
      await written(bench.where);
      toast(words.merged(branch.name));
      onClose();
    } catch (error) {
      setWrong(error);
      setBusy(false);
      void bench.diff.refetch();
    }
  }
  return (
    <Dialog title={words.mergeTitle(branch.name)} onClose={onClose} wide>
      <p>{words.mergeAbout(diff?.files.length ?? 0)}</p>
      {isUnsaved ? <Notice tone="warn">{words.mergeUnsaved}</Notice> : null}
      {errors > 0 && !isUnsaved ? <Notice tone="warn">{words.mergeProblems(errors)}</Notice> : null}
      {diff?.isBehind && conflicts.length === 0 ? <Notice>{words.mergeBehind}</Notice> : null}
      {conflicts.length > 0 ? <Conflicts named={conflicts} /> : null}
      {wrong && conflicts.length === 0 ? <Refused error={wrong} /> : null}
      <Field label={words.message} value={message} maxLength={500} onChange={(event) => setMessage(event.target.value)} />
      <Check label={words.andDelete} checked={andDelete} onChange={(event) => setDelete(event.target.checked)} />
      <Dialog.Buttons>
        <Button onClick={onClose}>{text.common.cancel}</Button>
        <Button kind="primary" busy={busy} disabled={isUnsaved || conflicts.length > 0 || !diff?.files.length} onClick={() => void go()}>
          {words.mergeNow}
        </Button>
      </Dialog.Buttons>
    </Dialog>
  );
}

function Conflicts({ named }: { named: readonly string[] }) {
  return (
    <Notice tone="bad">
      <p>{words.mergeConflicts}</p>
      <ul className={styles.conflicts}>
        {named.map((each) => (
          <li key={each}>
            <code>
              <bdi>{each}</bdi>
            </code>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** The server's refusal; a conflict that came up meanwhile names each place in a line of its own. */
function Refused({ error }: { error: unknown }) {
  const [first = "", ...named] = sentence(error).split("\n");
  if (error instanceof ApiError && error.code === "merge_conflict" && named.length > 0) return <Conflicts named={named} />;
  return <Notice tone="bad">{[first, ...named].join(" ")}</Notice>;
}
