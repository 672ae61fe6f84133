import { text } from "~/text";
import { Page } from "~/ui/Page";
import { SessionsList } from "./SessionsList";

/** Who is signed in. */
export function SessionsPage() {
  return (
    <Page title={text.settings.sessions.title} intro={text.settings.sessions.intro}>
      <SessionsList of={{ all: true }} withMembers />
    </Page>
  );
}
