import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { Field } from "~/ui/Field";
import { Loaded } from "~/ui/Loaded";
import { Notice } from "~/ui/Notice";
import { Page } from "~/ui/Page";
import { Chosen, Picker, type Pick } from "~/ui/Picker";
import { SavedForm } from "~/ui/SavedForm";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { GroupRoles } from "../roles/GroupRoles";
import { findUsers } from "../users/users";
import { changeGroup, deleteGroup, findGroups, useGroup, type GroupDetail } from "./groups";

const words = text.settings.groups;

/** One group: its name, what it holds, the roles it gives. */
export function GroupPage() {
  const { id = "" } = useParams();
  const group = useGroup(id);
  return (
    <Page title={group.data?.name ?? words.title} above={<Link to="/settings/groups">{words.back}</Link>}>
      <Loaded of={group} label={words.loading}>
        {(now) => (
          <>
            <Rename key={now.id} of={now} />
            <Held of={now} />
            <GroupRoles id={now.id} />
            <Deletion of={now} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Rename({ of: group }: { of: GroupDetail }) {
  const [name, setName] = useState(group.name);
  return (
    <SavedForm
      label={words.rename}
      saved={words.saved(name)}
      disabled={name === group.name}
      onSave={() => changeGroup(group.id, { name })}
    >
      <Field label={words.rename} required value={name} onChange={(event) => setName(event.target.value)} />
    </SavedForm>
  );
}

function Held({ of: group }: { of: GroupDetail }) {
  const put = useMutation({
    mutationFn: (change: { addMemberIds?: string[]; removeMemberIds?: string[] }) =>
      changeGroup(group.id, { addMemberIds: [], removeMemberIds: [], ...change }),
  });
  const add = (pick: Pick) => put.mutate({ addMemberIds: [pick.id] });
  const remove = (pick: Pick) => put.mutate({ removeMemberIds: [pick.id] });
  const members = group.members.map((each) => ({ id: each.id, name: each.name, more: each.email }));
  return (
    <>
      {put.error ? <Notice tone="bad">{sentence(put.error)}</Notice> : null}
      <Section title={words.members}>
        <Chosen label={words.members} of={members} none={words.noMembers} onRemove={remove} />
        <Picker
          label={words.addMember}
          hint={words.addMemberHint}
          none={words.nobodyFound}
          name="users"
          search={findUsers}
          taken={members.map((each) => each.id)}
          onPick={add}
        />
      </Section>
      <Section title={words.inner}>
        <Chosen label={words.inner} of={group.groups} none={words.noInner} onRemove={remove} />
        <Picker
          label={words.addInner}
          hint={text.settings.users.addGroupHint}
          none={text.settings.users.noGroupFound}
          name="groups"
          search={findGroups}
          taken={[group.id, ...group.groups.map((each) => each.id)]}
          onPick={add}
        />
      </Section>
    </>
  );
}

function Deletion({ of: group }: { of: GroupDetail }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  async function remove() {
    await deleteGroup(group.id);
    toast(words.deleted(group.name));
    void navigate("/settings/groups");
  }
  return (
    <Section title={words.delete} hint={words.deleteHint}>
      <div>
        <Button kind="danger" onClick={() => setAsking(true)}>
          {words.delete}
        </Button>
      </div>
      {asking ? (
        <Confirm title={words.deleteTitle} yes={words.deleteYes} onYes={remove} onClose={() => setAsking(false)}>
          {words.deleteAsk(group.name)}
        </Confirm>
      ) : null}
    </Section>
  );
}
