import { useState } from "react";

import { text } from "~/text";
import { Button } from "./Button";

/** Copies a text and says so for a moment. */
export function CopyButton({ value, label = text.common.copy }: { value: string; label?: string }) {
  const [done, setDone] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(value);
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  }
  return (
    <Button size="small" onClick={() => void copy()}>
      <span aria-live="polite">{done ? text.common.copied : label}</span>
    </Button>
  );
}
