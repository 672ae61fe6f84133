import { text } from "~/text";
import { Page } from "~/ui/Page";

export function Component() {
  return <Page title={text.settings.title}>{null}</Page>;
}
