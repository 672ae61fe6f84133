import type { ReactNode } from "react";

import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Notice } from "./Notice";

type Props = { title: string; once: string; done: string; onClose: () => void; children: ReactNode };

/** Shows secrets that were just made: this dialog is the only place that ever holds their text. */
export function ShownOnce({ title, once, done, onClose, children }: Props) {
  return (
    <Dialog title={title} onClose={onClose} wide>
      <Notice tone="warn">{once}</Notice>
      {children}
      <Dialog.Buttons>
        <Button kind="primary" onClick={onClose}>
          {done}
        </Button>
      </Dialog.Buttons>
    </Dialog>
  );
}
