import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { Empty } from "~/ui/Empty";
import { Loaded } from "~/ui/Loaded";
import { Name } from "~/ui/Name";
import { Page } from "~/ui/Page";
import { Table, type Column } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import { toast } from "~/ui/toast";
import { When } from "~/ui/When";
import { CreateSecret } from "./CreateSecret";

type Secret = components["schemas"]["EmbedSecretRecord"];

const words = text.settings.embed;
const KEY = ["embed-secrets"];
const reread = () => queryClient.invalidateQueries({ queryKey: KEY });

/** What host applications sign addresses with. */
export function EmbedPage() {
  const [making, setMaking] = useState(false);
  const [asking, setAsking] = useState<Secret>();
  const secrets = useQuery({ queryKey: KEY, queryFn: () => data(api.GET("/api/v1/embed/secrets")) });
  const create = (
    <Button kind="primary" onClick={() => setMaking(true)}>
      {words.create}
    </Button>
  );
  return (
    <Page title={words.title} intro={words.intro} actions={create}>
      <Loaded of={secrets} label={words.loading}>
        {({ records }) =>
          records.length ? (
            <Table caption={words.title} rows={records} columns={columns(setAsking)} keyOf={(each) => each.id} />
          ) : (
            <Empty title={words.emptyTitle}>{words.emptyHint}</Empty>
          )
        }
      </Loaded>
      {making ? <CreateSecret onMade={() => void reread()} onClose={() => setMaking(false)} /> : null}
      {asking ? <DeleteSecret of={asking} onClose={() => setAsking(undefined)} /> : null}
    </Page>
  );
}

function columns(onDelete: (secret: Secret) => void): Column<Secret>[] {
  return [
    { name: words.name, of: (each) => <Name>{each.name}</Name> },
    { name: words.created, of: (each) => <When at={each.createdAt} /> },
    {
      name: words.state,
      of: (each) =>
        each.revokedAt ? <Tag tone="bad">{words.revokedState}</Tag> : <Tag tone="good">{words.active}</Tag>,
    },
    {
      name: words.actions,
      hideName: true,
      end: true,
      of: (each) =>
        each.revokedAt ? null : (
          <Button size="small" kind="danger" aria-label={words.deleteOf(each.name)} onClick={() => onDelete(each)}>
            {words.delete}
          </Button>
        ),
    },
  ];
}

function DeleteSecret({ of: secret, onClose }: { of: Secret; onClose: () => void }) {
  async function remove() {
    await data(api.DELETE("/api/v1/embed/secrets/{id}", { params: { path: { id: secret.id } } }));
    await reread();
    toast(words.deleted(secret.name));
  }
  return (
    <Confirm title={words.deleteTitle} yes={words.deleteYes} onYes={remove} onClose={onClose}>
      {words.deleteAsk(secret.name)}
    </Confirm>
  );
}
