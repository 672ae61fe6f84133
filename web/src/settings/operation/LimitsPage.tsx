import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import type { components } from "~/api/schema";
import { text } from "~/text";
import { Empty } from "~/ui/Empty";
import { Loaded } from "~/ui/Loaded";
import { Name } from "~/ui/Name";
import { Page } from "~/ui/Page";
import { Facts, Section } from "~/ui/Section";
import { Table, type Column } from "~/ui/Table";

type Limits = components["schemas"]["RateLimits"];
type Key = Limits["keys"][number];

const words = text.settings.limits;
const kinds: Record<string, string> = words.kinds;
const count = (most: number | null): string => (most ? most.toLocaleString("en") : words.unlimited);

/** How much callers may ask, to look at. */
export function LimitsPage() {
  const limits = useQuery({ queryKey: ["rate-limits"], queryFn: () => data(api.GET("/api/v1/rate-limits")) });
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded of={limits} label={words.loading}>
        {(now) => (
          <>
            <Facts of={facts(now)} />
            <Section title={words.keys}>
              {now.keys.length ? (
                <Table caption={words.keys} rows={now.keys} columns={COLUMNS} keyOf={(each) => each.id} />
              ) : (
                <Empty title={words.emptyTitle}>{words.emptyHint}</Empty>
              )}
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function facts(now: Limits) {
  const sessions = now.sessionRequestsPerMinute;
  return [
    [words.requests, count(now.requestsPerMinute)],
    [words.sessions, sessions === null ? words.asKeys : count(sessions)],
    [words.perKey, count(now.queriesPerKey)],
    [words.most, count(now.mostQueries)],
    [words.underWay, now.queriesUnderWay],
    [words.seconds, words.secondsOf(now.querySeconds)],
    [words.rows, now.mostResultRows === null ? words.unlimited : words.rowsOf(now.mostResultRows)],
  ] as const;
}

const COLUMNS: Column<Key>[] = [
  { name: words.key, of: (each) => <Name>{each.name}</Name> },
  { name: words.kind, of: (each) => kinds[each.type] ?? each.type },
  {
    name: words.requests,
    of: (each) => (each.requestsPerMinute === null ? words.asServer : count(each.requestsPerMinute)),
  },
  { name: words.underWay, of: (each) => each.queriesUnderWay },
];
