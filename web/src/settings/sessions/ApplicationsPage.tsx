import { text } from "~/text";
import { Page } from "~/ui/Page";
import { GrantsList } from "./GrantsList";

/** Programs that members let act as them. */
export function ApplicationsPage() {
  return (
    <Page title={text.settings.applications.title} intro={text.settings.applications.intro}>
      <GrantsList all />
    </Page>
  );
}
