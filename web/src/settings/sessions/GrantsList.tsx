import { useState } from "react";

import { api, data } from "~/api/client";
import { usePaged } from "~/api/paged";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { Empty } from "~/ui/Empty";
import { List } from "~/ui/List";
import { Name } from "~/ui/Name";
import type { Column } from "~/ui/Table";
import { toast } from "~/ui/toast";
import { When } from "~/ui/When";

type Grant = components["schemas"]["GrantRecord"];

const words = text.settings.applications;
const KEY = ["oauth-grants"];

/** Programs that act as oneself, or as anybody; each can be cut off. */
export function GrantsList({ all = false }: { all?: boolean }) {
  const [asking, setAsking] = useState<Grant>();
  const grants = usePaged([...KEY, all], (cursor) =>
    data(api.GET("/api/v1/oauth-grants", { params: { query: { all, pageSize: 50, cursor } } })),
  );
  const member: Column<Grant> = {
    name: words.member,
    of: (each) => <Name more={each.email}>{each.name}</Name>,
  };
  const columns: Column<Grant>[] = [
    { name: words.application, of: (each) => <Name>{each.clientId}</Name> },
    ...(all ? [member] : []),
    { name: words.scope, of: (each) => <Name>{each.scope}</Name> },
    { name: words.since, of: (each) => <When at={each.createdAt} /> },
    { name: words.used, of: (each) => <When at={each.lastUsedAt} none={words.unused} /> },
    {
      name: words.actions,
      hideName: true,
      end: true,
      of: (each) => (
        <Button
          size="small"
          kind="danger"
          aria-label={words.revokeOf(each.clientId)}
          onClick={() => setAsking(each)}
        >
          {words.revoke}
        </Button>
      ),
    },
  ];
  return (
    <>
      <List
        of={grants}
        label={words.loading}
        caption={words.title}
        columns={columns}
        keyOf={(each) => each.id}
        empty={<Empty title={words.emptyTitle}>{words.emptyHint}</Empty>}
      />
      {asking ? <RevokeGrant of={asking} onClose={() => setAsking(undefined)} /> : null}
    </>
  );
}

function RevokeGrant({ of: grant, onClose }: { of: Grant; onClose: () => void }) {
  async function revoke() {
    await data(api.DELETE("/api/v1/oauth-grants/{id}", { params: { path: { id: grant.id } } }));
    await queryClient.invalidateQueries({ queryKey: KEY });
    toast(words.revoked(grant.clientId));
  }
  return (
    <Confirm title={words.revokeTitle} yes={words.revokeYes} onYes={revoke} onClose={onClose}>
      {words.revokeAsk(grant.clientId, grant.name)}
    </Confirm>
  );
}
