import type { FormEvent, ReactNode } from "react";

import { text } from "~/text";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Notice } from "./Notice";
import { useSubmit } from "./useSubmit";

type Props = {
  title: string;
  submit: string;
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  /** The words of the way out. */
  leave?: string;
  wide?: boolean;
  children: ReactNode;
};

/** A dialog with a form; the server's refusal shows in it and nothing typed is lost. The caller closes it. */
export function FormDialog({ title, submit, onSubmit, onClose, leave = text.common.cancel, wide = false, children }: Props) {
  const form = useSubmit(onSubmit);
  function go(event: FormEvent) {
    event.preventDefault();
    void form.submit();
  }
  return (
    <Dialog title={title} onClose={onClose} wide={wide}>
      <form onSubmit={go}>
        {children}
        {form.wrong ? <Notice tone="bad">{form.wrong}</Notice> : null}
        <Dialog.Buttons>
          <Button onClick={onClose}>{leave}</Button>
          <Button kind="primary" type="submit" busy={form.busy}>
            {submit}
          </Button>
        </Dialog.Buttons>
      </form>
    </Dialog>
  );
}
