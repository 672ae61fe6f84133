import { useRouteError } from "react-router";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Notice } from "~/ui/Notice";

/** What shows when a page fails: the sentence, and a way on. */
export function RouteError() {
  const error = useRouteError();
  return (
    <main className="startup">
      <Notice tone="bad">{sentence(error)}</Notice>
      <Button onClick={() => window.location.reload()}>{text.common.tryAgain}</Button>
    </main>
  );
}
