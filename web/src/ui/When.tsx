import { text } from "~/text";
import { ago, moment } from "./times";

/** An instant in few words; pointing at it tells it to the second. */
export function When({ at, none = text.common.never }: { at: string | null | undefined; none?: string }) {
  if (!at) return <>{none}</>;
  return (
    <time dateTime={at} title={moment(at)} style={{ whiteSpace: "nowrap" }}>
      {ago(at)}
    </time>
  );
}
