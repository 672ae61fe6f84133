import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import type { components } from "~/api/schema";
import { text } from "~/text";
import { Empty } from "~/ui/Empty";
import { Loaded } from "~/ui/Loaded";
import { Name } from "~/ui/Name";
import { Section } from "~/ui/Section";
import { Table, type Column } from "~/ui/Table";

type Environment = components["schemas"]["ConnectionEnvironment"];

const words = text.settings.connections;

/** Connections that stand in for others, for members whose attribute has one of their values. */
export function Environments({ nameOf }: { nameOf: (connectionId: string) => string }) {
  const environments = useQuery({
    queryKey: ["connection-environments"],
    queryFn: () => data(api.GET("/api/v1/connection-environments")),
  });
  const columns: Column<Environment>[] = [
    { name: words.base, of: (each) => <Name>{nameOf(each.baseConnectionId)}</Name> },
    { name: words.standIn, of: (each) => <Name>{nameOf(each.connectionId)}</Name> },
    { name: words.values, of: (each) => <Name>{each.userAttributeValues.join(", ") || text.common.none}</Name> },
  ];
  return (
    <Section title={words.environments} hint={words.environmentsHint}>
      <Loaded of={environments} label={words.loading}>
        {({ connectionEnvironments: rows }) =>
          rows.length ? (
            <Table caption={words.environments} rows={rows} columns={columns} keyOf={(each) => each.id} />
          ) : (
            <Empty title={words.noEnvironments}>{words.noEnvironmentsHint}</Empty>
          )
        }
      </Loaded>
    </Section>
  );
}
