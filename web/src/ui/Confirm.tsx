import { useState, type ReactNode } from "react";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Notice } from "./Notice";

type Props = { title: string; yes: string; onYes: () => Promise<unknown>; onClose: () => void; children: ReactNode };

/** Asks before something that cannot be taken back; a refusal of the server shows here. */
export function Confirm({ title, yes, onYes, onClose, children }: Props) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  async function go() {
    setBusy(true);
    setWrong(undefined);
    try {
      await onYes();
      onClose();
    } catch (error) {
      setWrong(sentence(error));
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div>{children}</div>
      {wrong ? <Notice tone="bad">{wrong}</Notice> : null}
      <Dialog.Buttons>
        <Button onClick={onClose} autoFocus>
          {text.common.cancel}
        </Button>
        <Button kind="danger" busy={busy} onClick={() => void go()}>
          {yes}
        </Button>
      </Dialog.Buttons>
    </Dialog>
  );
}
