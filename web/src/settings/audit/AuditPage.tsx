import { useState } from "react";

import { api, BASE, data } from "~/api/client";
import { usePaged } from "~/api/paged";
import type { components } from "~/api/schema";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { List } from "~/ui/List";
import { Name } from "~/ui/Name";
import { Page } from "~/ui/Page";
import type { Column } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import { moment } from "~/ui/times";
import { AuditFilter } from "./AuditFilter";
import { EventDialog } from "./EventDialog";
import { actionName, EVERYTHING, queryOf } from "./filter";

export type AuditEvent = components["schemas"]["AuditEvent"];

const words = text.settings.audit;
const objects: Record<string, string> = words.objects;
const outcomes: Record<string, string> = words.outcomes;

/** What happened, to filter, look at and take along. */
export function AuditPage() {
  const [filter, setFilter] = useState(EVERYTHING);
  const [shown, setShown] = useState<AuditEvent>();
  const query = queryOf(filter);
  const events = usePaged(["audit-events", query], (cursor) =>
    data(api.GET("/api/v1/audit-events", { params: { query: { ...query, pageSize: 50, cursor } } })),
  );
  const download = new URL(`api/v1/audit-events/export?${new URLSearchParams(query)}`, BASE).href;
  const link = (
    <a href={download} download="audit-log.jsonl" className="button">
      {words.export}
    </a>
  );
  return (
    <Page title={words.title} intro={words.intro} actions={link}>
      <AuditFilter of={filter} onChange={setFilter} />
      <List
        of={events}
        label={words.loading}
        caption={words.title}
        columns={columns(setShown)}
        keyOf={(each) => each.id}
        empty={<Empty title={words.emptyTitle}>{words.emptyHint}</Empty>}
      />
      {shown ? <EventDialog of={shown} onClose={() => setShown(undefined)} /> : null}
    </Page>
  );
}

function columns(onShow: (event: AuditEvent) => void): Column<AuditEvent>[] {
  return [
    { name: words.at, of: (each) => <time dateTime={each.at}>{moment(each.at)}</time> },
    { name: words.action, of: (each) => actionName(each.action) },
    {
      name: words.actor,
      of: (each) =>
        each.actor ? <Name more={each.actor.email}>{each.actor.name ?? each.actor.membershipId}</Name> : words.operator,
    },
    { name: words.thing, of: (each) => <Name more={thing(each)}>{kindOf(each)}</Name> },
    {
      name: words.outcome,
      of: (each) => (
        <Tag tone={each.outcome === "success" ? "good" : "bad"}>{outcomes[each.outcome] ?? each.outcome}</Tag>
      ),
    },
    {
      name: words.more,
      hideName: true,
      end: true,
      of: (each) => (
        <Button size="small" aria-label={words.moreOf(actionName(each.action))} onClick={() => onShow(each)}>
          {words.more}
        </Button>
      ),
    },
  ];
}

const kindOf = (event: AuditEvent): string => (event.object ? (objects[event.object.type] ?? event.object.type) : "");

function thing(event: AuditEvent): string | undefined {
  const { name, email } = event.details;
  return [name, email].find((each) => typeof each === "string");
}
