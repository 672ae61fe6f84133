import { useRef, useState } from "react";
import type { MergeView } from "@codemirror/merge";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Notice } from "~/ui/Notice";
import { Compare } from "../code/Compare";
import type { Conflict, Saving } from "../data/saving";

const words = text.ide;

/** Theirs beside mine, where somebody else saved the file meanwhile: the person settles it by hand. */
export function ConflictDialog({ conflict, saving }: { conflict: Conflict; saving: Saving }) {
  const view = useRef<MergeView>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const mine = () => view.current?.b.state.doc.toString() ?? conflict.mine;
  async function go(act: () => Promise<void>) {
    setBusy(true);
    setWrong(undefined);
    try {
      await act();
    } catch (error) {
      setWrong(sentence(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog title={words.conflictTitle(conflict.file)} onClose={saving.close} size="full">
      <p>{conflict.theirs === undefined ? words.conflictGone : words.conflictAbout}</p>
      <Compare
        left={conflict.theirs ?? ""}
        right={conflict.mine}
        leftLabel={words.theirs}
        rightLabel={words.mine}
        isEditable
        viewRef={view}
      />
      {wrong ? <Notice tone="bad">{wrong}</Notice> : null}
      <Dialog.Buttons>
        <Button onClick={saving.close} autoFocus>
          {text.common.cancel}
        </Button>
        <Button kind="danger" busy={busy} onClick={() => void go(() => saving.takeTheirs(conflict))}>
          {words.takeTheirs}
        </Button>
        <Button kind="primary" busy={busy} onClick={() => void go(() => saving.settle(conflict, mine()))}>
          {words.saveMine}
        </Button>
      </Dialog.Buttons>
    </Dialog>
  );
}
