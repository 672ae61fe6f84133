import { useMutation } from "@tanstack/react-query";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Notice } from "~/ui/Notice";
import { Chosen, Picker } from "~/ui/Picker";
import { Section } from "~/ui/Section";
import { findGroups } from "../groups/groups";
import { changeUser, type UserDetail } from "./users";

const words = text.settings.users;

/** The groups a user is in, directly and through them. */
export function UserGroups({ of: user }: { of: UserDetail }) {
  const ids = user.groups.map((each) => each.id);
  const put = useMutation({ mutationFn: (groupIds: string[]) => changeUser(user.id, { groupIds }) });
  const inherited = user.inheritedGroups.map((each) => each.name).join(", ");
  return (
    <Section title={words.groups} hint={words.groupsHint}>
      <Chosen
        label={words.groups}
        of={user.groups}
        none={words.noGroups}
        onRemove={(pick) => put.mutate(ids.filter((id) => id !== pick.id))}
      />
      {inherited ? (
        <p className="hint">
          {words.inherited}: <bdi>{inherited}</bdi>
        </p>
      ) : null}
      {put.error ? <Notice tone="bad">{sentence(put.error)}</Notice> : null}
      {user.active ? (
        <Picker
          label={words.addGroup}
          hint={words.addGroupHint}
          none={words.noGroupFound}
          name="groups"
          search={findGroups}
          taken={ids}
          onPick={(pick) => put.mutate([...ids, pick.id])}
        />
      ) : null}
    </Section>
  );
}
