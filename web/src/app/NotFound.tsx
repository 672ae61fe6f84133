import { Link } from "react-router";

import { text } from "~/text";
import { Empty } from "~/ui/Empty";

export function Component() {
  return (
    <Empty title={text.shell.notFound}>
      <Link to="/">{text.shell.backHome}</Link>
    </Empty>
  );
}
