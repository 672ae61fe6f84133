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
import { Table, type Column } from "~/ui/Table";
import { toast } from "~/ui/toast";
import { When } from "~/ui/When";

type Invitation = components["schemas"]["InvitationRecord"];

export const INVITATIONS = ["invitations"];
const words = text.settings.invitations;
const roles: Record<string, string> = text.settings.users.roles;

/** Invitations that can still be accepted. */
export function Invitations() {
  const [asking, setAsking] = useState<Invitation>();
  const open = useQuery({ queryKey: INVITATIONS, queryFn: () => data(api.GET("/api/v1/invitations")) });
  return (
    <>
      <Loaded of={open} label={words.loading}>
        {({ records }) =>
          records.length ? (
            <Table
              caption={text.settings.users.invitations}
              rows={records}
              columns={columns(setAsking)}
              keyOf={(each) => each.id}
            />
          ) : (
            <Empty title={words.emptyTitle}>{words.emptyHint}</Empty>
          )
        }
      </Loaded>
      {asking ? <Withdraw of={asking} onClose={() => setAsking(undefined)} /> : null}
    </>
  );
}

function columns(onWithdraw: (invitation: Invitation) => void): Column<Invitation>[] {
  return [
    { name: words.email, of: (each) => <Name>{each.email}</Name> },
    { name: words.role, of: (each) => roles[each.role] ?? each.role },
    { name: words.created, of: (each) => <When at={each.createdAt} /> },
    { name: words.expires, of: (each) => <When at={each.expiresAt} /> },
    {
      name: words.actions,
      hideName: true,
      end: true,
      of: (each) => (
        <Button
          size="small"
          kind="danger"
          aria-label={words.withdrawOf(each.email)}
          onClick={() => onWithdraw(each)}
        >
          {words.withdraw}
        </Button>
      ),
    },
  ];
}

function Withdraw({ of: invitation, onClose }: { of: Invitation; onClose: () => void }) {
  async function withdraw() {
    await data(api.DELETE("/api/v1/invitations/{id}", { params: { path: { id: invitation.id } } }));
    await queryClient.invalidateQueries({ queryKey: INVITATIONS });
    toast(words.withdrawn(invitation.email));
  }
  return (
    <Confirm title={words.withdrawTitle} yes={words.withdrawYes} onYes={withdraw} onClose={onClose}>
      {words.withdrawAsk(invitation.email)}
    </Confirm>
  );
}
