import { useState, type FormEvent, type ReactNode } from "react";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "./Button";
import { Notice } from "./Notice";
import { toast } from "./toast";
import styles from "./SavedForm.module.css";

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
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  async function go(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setWrong(undefined);
    try {
      await onSave();
      toast(saved);
    } catch (error) {
      setWrong(sentence(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <form className={styles.form} aria-label={label} onSubmit={(event) => void go(event)}>
      {children}
      {wrong ? <Notice tone="bad">{wrong}</Notice> : null}
      <div>
        <Button kind="primary" type="submit" busy={busy} disabled={disabled}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
