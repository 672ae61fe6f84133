import { useState } from "react";

import { text } from "~/text";
import { Button } from "./Button";

/** Copies a text and says so for a moment; where the browser does not let it, says what to do instead. */
export function CopyButton({ value, label = text.common.copy }: { value: string; label?: string }) {
  const [said, setSaid] = useState<string>();
  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setSaid(text.common.copied);
    } catch {
      setSaid(text.common.copyFailed); // no permission, or a page without TLS
    }
    setTimeout(() => setSaid(undefined), 3000);
  }
  return (
    <Button size="small" onClick={() => void copy()}>
      <span aria-live="polite">{said ?? label}</span>
    </Button>
  );
}
