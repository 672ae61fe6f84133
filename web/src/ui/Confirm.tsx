import type { ReactNode } from "react";

import { text } from "~/text";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Notice } from "./Notice";
import { useSubmit } from "./useSubmit";

type Props = { title: string; yes: string; onYes: () => Promise<unknown>; onClose: () => void; children: ReactNode };

/** Asks before something that cannot be taken back; a refusal of the server shows here. */
export function Confirm({ title, yes, onYes, onClose, children }: Props) {
  const { busy, wrong, submit } = useSubmit(async () => {
    await onYes();
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <div>{children}</div>
      {wrong ? <Notice tone="bad">{wrong}</Notice> : null}
      <Dialog.Buttons>
        <Button onClick={onClose} autoFocus>
          {text.common.cancel}
        </Button>
        <Button kind="danger" busy={busy} onClick={() => void submit()}>
          {yes}
        </Button>
      </Dialog.Buttons>
    </Dialog>
  );
}
