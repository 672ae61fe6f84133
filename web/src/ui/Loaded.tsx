import type { ReactNode } from "react";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Busy } from "./Busy";
import { Button } from "./Button";
import { Notice } from "./Notice";

type Query<T> = { data: T | undefined; isPending: boolean; error: Error | null; refetch: () => unknown };
type Props<T> = { of: Query<T>; label: string; children: (data: T) => ReactNode };

/** Shows what a query brought; until then what is being waited for, and a refusal as a sentence with a way on. */
export function Loaded<T>({ of, label, children }: Props<T>) {
  if (of.isPending) return <Busy label={label} />;
  if (of.data === undefined) return <Failed error={of.error} again={() => void of.refetch()} />;
  return children(of.data);
}

export function Failed({ error, again }: { error: unknown; again: () => void }) {
  return (
    <Notice tone="bad">
      <p>{sentence(error)}</p>
      <p style={{ marginTop: "var(--space-2)" }}>
        <Button size="small" onClick={again}>
          {text.common.tryAgain}
        </Button>
      </p>
    </Notice>
  );
}
