import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Notice } from "~/ui/Notice";
import { JobError } from "./result/lines";

/** What the server would not do, in its own words, and what to change. */
export function Failure({ failure }: { failure: unknown }) {
  const hints: Record<string, string> = text.explore.hints;
  const hint = failure instanceof JobError ? hints[failure.kind] : undefined;
  return (
    <Notice tone="bad">
      <p>{sentence(failure)}</p>
      {hint ? <p>{hint}</p> : null}
    </Notice>
  );
}
