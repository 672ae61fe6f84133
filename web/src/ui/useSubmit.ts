import { useState } from "react";

import { sentence } from "~/api/errors";

export type Submit = { busy: boolean; wrong: string | undefined; submit: () => Promise<void> };

/** Runs what a form or a button asks for: once at a time, and a refusal is kept as a sentence to show. */
export function useSubmit(action: () => Promise<unknown>): Submit {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  async function submit() {
    if (busy) return;
    setBusy(true);
    setWrong(undefined);
    try {
      await action();
    } catch (error) {
      setWrong(sentence(error));
    } finally {
      setBusy(false);
    }
  }
  return { busy, wrong, submit };
}
