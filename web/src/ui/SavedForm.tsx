import type { FormEvent, ReactNode } from "react";

import { text } from "~/text";
import { Button } from "./Button";
import { Notice } from "./Notice";
import styles from "./SavedForm.module.css";
import { toast } from "./toast";
import { useSubmit } from "./useSubmit";

type Props = {
  label: string;
  onSave: () => Promise<unknown>;
  saved: string;
  submit?: string;
  disabled?: boolean;
  children: ReactNode;
};

/** A form on a page; a refusal shows in it, success in a message. */
export function SavedForm({ label, onSave, saved, submit = text.common.save, disabled, children }: Props) {
  const form = useSubmit(async () => {
    await onSave();
    toast(saved);
  });
  function go(event: FormEvent) {
    event.preventDefault();
    void form.submit();
  }
  return (
    <form className={styles.form} aria-label={label} onSubmit={go}>
      {children}
      {form.wrong ? <Notice tone="bad">{form.wrong}</Notice> : null}
      <div>
        <Button kind="primary" type="submit" busy={form.busy} disabled={disabled}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
