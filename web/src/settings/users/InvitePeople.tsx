import { useState } from "react";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import { text } from "~/text";
import { Area } from "~/ui/Area";
import { Select } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { Chosen, Picker, type Pick } from "~/ui/Picker";
import { Secret } from "~/ui/Secret";
import { ShownOnce } from "~/ui/ShownOnce";
import { findGroups } from "../groups/groups";
import { INVITATIONS } from "./Invitations";

type Issued = components["schemas"]["IssuedInvitation"];
type Role = "MEMBER" | "ORG_ADMIN";

const words = text.settings.invitations;
const users = text.settings.users;

/** Asks whom to invite, and shows the links: this dialog is the only place that ever holds them. */
export function InvitePeople({ onClose }: { onClose: () => void }) {
  const [emails, setEmails] = useState("");
  const [role, setRole] = useState<Role>("MEMBER");
  const [groups, setGroups] = useState<Pick[]>([]);
  const [made, setMade] = useState<Issued[]>();
  if (made) return <Links of={made} onClose={onClose} />;
  async function invite() {
    const list = emails.split(/[\s,;]+/).filter((each) => each !== "").join(",");
    const body = { emails: list, role, groupIds: groups.map((each) => each.id) };
    const { records } = await data(api.POST("/api/v1/invitations", { body }));
    void queryClient.invalidateQueries({ queryKey: INVITATIONS });
    setMade(records);
  }
  return (
    <FormDialog title={words.invite} submit={words.submit} onSubmit={invite} onClose={onClose}>
      <Area
        label={words.emails}
        hint={words.emailsHint}
        required
        autoFocus
        value={emails}
        onChange={(event) => setEmails(event.target.value)}
      />
      <Select label={words.role} value={role} onChange={(event) => setRole(event.target.value as Role)}>
        <option value="MEMBER">{users.roles.MEMBER}</option>
        <option value="ORG_ADMIN">{users.roles.ORG_ADMIN}</option>
      </Select>
      <Picker
        label={words.groups}
        hint={users.addGroupHint}
        none={users.noGroupFound}
        name="groups"
        search={findGroups}
        taken={groups.map((each) => each.id)}
        onPick={(pick) => setGroups([...groups, pick])}
      />
      {groups.length ? (
        <Chosen
          label={users.groups}
          of={groups}
          none={users.noGroups}
          onRemove={(pick) => setGroups(groups.filter((each) => each.id !== pick.id))}
        />
      ) : null}
      <p className="hint">{words.noMail}</p>
    </FormDialog>
  );
}

function Links({ of: made, onClose }: { of: Issued[]; onClose: () => void }) {
  return (
    <ShownOnce title={words.made} once={words.once} done={words.done} onClose={onClose}>
      {made.map((each) => (
        <Secret key={each.id} label={words.linkOf(each.email)} value={each.url} copy={words.copyLink} />
      ))}
    </ShownOnce>
  );
}
