import { text } from "~/text";
import { Name } from "~/ui/Name";
import type { Column } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import { When } from "~/ui/When";
import type { ApiKey, Kind } from "./keys";

const words = text.settings.keys;

/** What a list says of keys; personal tokens are only ever revoked, so that they have no state. */
export function keyColumns(kind: Kind): Column<ApiKey>[] {
  const state: Column<ApiKey> = {
    name: words.state,
    of: (key) =>
      key.enabled ? <Tag tone="good">{words.enabled}</Tag> : <Tag tone="warn">{words.disabled}</Tag>,
  };
  return [
    { name: words.name, of: (key) => <Name>{key.name}</Name> },
    { name: words.creator, of: (key) => <Name more={key.createdBy.email}>{key.createdBy.name}</Name> },
    { name: words.created, of: (key) => <When at={key.createdAt} /> },
    { name: words.lastUsed, of: (key) => <When at={key.lastUsedAt} none={words.notUsed} /> },
    ...(kind === "organization" ? [state] : []),
  ];
}
