import { useState, type FormEvent, type ReactNode } from "react";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Notice } from "./Notice";

type Props = {
  title: string;
  submit: string;
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
};

/** A dialog with a form; the server's refusal shows in it and nothing typed is lost. The caller closes it. */
export function FormDialog({ title, submit, onSubmit, onClose, wide = false, children }: Props) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  async function go(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setWrong(undefined);
    try {
      await onSubmit();
    } catch (error) {
      setWrong(sentence(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} onClose={onClose} wide={wide}>
      <form onSubmit={(event) => void go(event)}>
        {children}
        {wrong ? <Notice tone="bad">{wrong}</Notice> : null}
        <Dialog.Buttons>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {submit}
          </Button>
        </Dialog.Buttons>
      </form>
    </Dialog>
  );
}
