import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { Dialog } from "~/ui/Dialog";
import { Empty } from "~/ui/Empty";
import { Loaded } from "~/ui/Loaded";
import { Name } from "~/ui/Name";
import { Notice } from "~/ui/Notice";
import { Page } from "~/ui/Page";
import { Table, type Column } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import { toast } from "~/ui/toast";
import { usePlaces } from "../roles/places";

type Query = components["schemas"]["RunningQuery"];
type Doing = { what: "sql" | "cancel"; query: Query };

const words = text.settings.running;
const KEY = ["running-queries"];
const FOLLOW_MILLISECONDS = 3000;
const whose = (query: Query): string => query.user?.name ?? words.embedded;

/** Queries under way, to look at and to cancel. */
export function RunningPage() {
  const [doing, setDoing] = useState<Doing>();
  const { nameOf } = usePlaces();
  const queries = useQuery({
    queryKey: KEY,
    queryFn: () => data(api.GET("/api/v1/running-queries")),
    refetchInterval: FOLLOW_MILLISECONDS,
  });
  const close = () => setDoing(undefined);
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded of={queries} label={words.loading}>
        {({ records, isComplete }) => (
          <>
            {isComplete ? null : <Notice tone="warn">{words.incomplete}</Notice>}
            {records.length ? (
              <Table
                caption={words.title}
                rows={records}
                columns={columns((id) => nameOf(id, id), setDoing)}
                keyOf={(each) => each.id}
              />
            ) : (
              <Empty title={words.emptyTitle}>{words.emptyHint}</Empty>
            )}
          </>
        )}
      </Loaded>
      {doing?.what === "sql" ? <Sql of={doing.query} onClose={close} /> : null}
      {doing?.what === "cancel" ? <Cancel of={doing.query} onClose={close} /> : null}
    </Page>
  );
}

function columns(modelName: (id: string) => string, onDo: (doing: Doing) => void): Column<Query>[] {
  return [
    { name: words.who, of: (each) => <Name more={each.user?.email}>{whose(each)}</Name> },
    { name: words.what, of: (each) => <Name more={modelName(each.modelId)}>{asked(each)}</Name> },
    { name: words.state, of: (each) => <Tag>{words.states[each.state]}</Tag> },
    { name: words.since, of: (each) => words.seconds(each.seconds) },
    { name: words.actions, hideName: true, end: true, of: (query) => <Buttons of={query} onDo={onDo} /> },
  ];
}

const asked = (query: Query): string => query.topic ?? query.view ?? words.noModel;

function Buttons({ of: query, onDo }: { of: Query; onDo: (doing: Doing) => void }) {
  return (
    <span className="buttons">
      {query.sql ? (
        <Button size="small" onClick={() => onDo({ what: "sql", query })}>
          {words.showSql}
        </Button>
      ) : null}
      <Button
        size="small"
        kind="danger"
        aria-label={words.cancelOf(whose(query))}
        onClick={() => onDo({ what: "cancel", query })}
      >
        {words.cancel}
      </Button>
    </span>
  );
}

function Sql({ of: query, onClose }: { of: Query; onClose: () => void }) {
  return (
    <Dialog title={words.sqlOf(whose(query))} onClose={onClose} wide>
      <pre className="code" tabIndex={0}>
        {query.sql}
      </pre>
      <Dialog.Buttons>
        <Button onClick={onClose}>{text.common.close}</Button>
      </Dialog.Buttons>
    </Dialog>
  );
}

function Cancel({ of: query, onClose }: { of: Query; onClose: () => void }) {
  async function cancel() {
    await data(api.DELETE("/api/v1/running-queries/{id}", { params: { path: { id: query.id } } }));
    await queryClient.invalidateQueries({ queryKey: KEY });
    toast(words.cancelled);
  }
  return (
    <Confirm title={words.cancelTitle} yes={words.cancelYes} onYes={cancel} onClose={onClose}>
      {words.cancelAsk(whose(query))}
    </Confirm>
  );
}
