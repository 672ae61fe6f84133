import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import type { components } from "~/api/schema";
import { text } from "~/text";
import { Empty } from "~/ui/Empty";
import { Loaded } from "~/ui/Loaded";
import { Name } from "~/ui/Name";
import { Page } from "~/ui/Page";
import { Table, type Column } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import { When } from "~/ui/When";
import { roleName } from "../roles/words";
import { Environments } from "./Environments";

type Connection = components["schemas"]["ConnectionRecord"];

const words = text.settings.connections;

const COLUMNS: Column<Connection>[] = [
  { name: words.name, of: (each) => <Name more={environment(each)}>{each.name}</Name> },
  { name: words.dialect, of: (each) => each.dialect },
  { name: words.database, of: (each) => (each.database ? <Name>{each.database}</Name> : text.common.none) },
  { name: words.schema, of: (each) => each.defaultSchema ?? text.common.none },
  {
    name: words.baseRole,
    of: (each) =>
      each.deletedAt ? (
        <Tag tone="bad">{words.removed}</Tag>
      ) : (
        <Tag>{each.baseRole ? roleName(each.baseRole) : words.noBaseRole}</Tag>
      ),
  },
  { name: words.changed, of: (each) => <When at={each.updatedAt} /> },
];

function environment(each: Connection): string | undefined {
  const attribute = each.userAttributeNameForConnectionEnvironments;
  return attribute ? words.environment(attribute) : undefined;
}

/** The warehouses, to look at; they are set up on the server. */
export function ConnectionsPage() {
  const connections = useQuery({
    queryKey: ["connections", "all"],
    queryFn: () => data(api.GET("/api/v1/connections", { params: { query: { includeDeleted: true } } })),
  });
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded of={connections} label={words.loading}>
        {({ connections: rows }) =>
          rows.length ? (
            <>
              <Table caption={words.title} rows={rows} columns={COLUMNS} keyOf={(each) => each.id} />
              <Environments nameOf={(id) => rows.find((each) => each.id === id)?.name ?? id} />
            </>
          ) : (
            <Empty title={words.emptyTitle}>{words.emptyHint}</Empty>
          )
        }
      </Loaded>
    </Page>
  );
}
