import { useState } from "react";
import { Link, useParams } from "react-router";

import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { Loaded } from "~/ui/Loaded";
import { Notice } from "~/ui/Notice";
import { Page } from "~/ui/Page";
import { Facts, Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { When } from "~/ui/When";
import { UserRoles } from "../roles/UserRoles";
import { SessionsList } from "../sessions/SessionsList";
import { UserAttributes } from "./UserAttributes";
import { UserForm } from "./UserForm";
import { UserGroups } from "./UserGroups";
import { deactivate, useUser, type UserDetail } from "./users";

const words = text.settings.users;

/** One user: who it is, what it may do and why. */
export function UserPage() {
  const { id = "" } = useParams();
  const user = useUser(id);
  return (
    <Page title={user.data?.name ?? words.title} above={<Link to="/settings/users">{words.back}</Link>}>
      <Loaded of={user} label={words.loading}>
        {(now) => <User key={now.id} of={now} />}
      </Loaded>
    </Page>
  );
}

function User({ of: user }: { of: UserDetail }) {
  const isStandard = user.kind === "standard";
  return (
    <>
      {user.active ? null : <Notice tone="warn">{words.isDeactivated}</Notice>}
      <Facts of={facts(user)} />
      {user.active && isStandard ? <UserForm of={user} /> : null}
      <UserGroups of={user} />
      <UserAttributes of={user} />
      {user.active ? <UserRoles of={user} /> : null}
      {user.active && user.kind !== "email_only" ? (
        <Section title={words.sessions}>
          <SessionsList of={{ userId: user.id }} />
        </Section>
      ) : null}
      {user.active ? <Deactivation of={user} /> : null}
    </>
  );
}

function facts(user: UserDetail) {
  return [
    [words.email, <bdi key="email">{user.email}</bdi>],
    [words.kind, words.kindNames[user.kind]],
    [words.role, words.roles[user.orgRole]],
    [words.since, <When key="since" at={user.createdAt} />],
    [words.lastLogin, <When key="last" at={user.lastLoginAt} none={words.neverIn} />],
    [words.password, user.hasPassword ? words.hasPassword : words.noPassword],
    ...(user.externalId ? [[words.externalId, user.externalId] as const] : []),
    ...(user.embedEntity ? [[words.entity, user.embedEntity] as const] : []),
  ] as const;
}

function Deactivation({ of: user }: { of: UserDetail }) {
  const [asking, setAsking] = useState(false);
  async function end() {
    await deactivate(user.id);
    toast(words.wasDeactivated(user.name));
  }
  return (
    <Section title={words.deactivate} hint={words.deactivateHint}>
      <div>
        <Button kind="danger" onClick={() => setAsking(true)}>
          {words.deactivate}
        </Button>
      </div>
      {asking ? (
        <Confirm
          title={words.deactivateTitle}
          yes={words.deactivateYes}
          onYes={end}
          onClose={() => setAsking(false)}
        >
          {words.deactivateAsk(user.name)}
        </Confirm>
      ) : null}
    </Section>
  );
}
