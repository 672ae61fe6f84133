import { useState } from "react";
import { Link } from "react-router";

import { usePaged } from "~/api/paged";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Field, Select } from "~/ui/Field";
import { List } from "~/ui/List";
import { Name } from "~/ui/Name";
import { Page } from "~/ui/Page";
import type { Column } from "~/ui/Table";
import { Tabs } from "~/ui/Tabs";
import { Tag } from "~/ui/Tag";
import { useSettled } from "~/ui/useSettled";
import { When } from "~/ui/When";
import { Invitations } from "./Invitations";
import { InvitePeople } from "./InvitePeople";
import { readUsers, USERS, type Kind, type State, type User } from "./users";

const words = text.settings.users;
const TABS: { name: Kind | "invitations"; label: string }[] = [
  { name: "standard", label: words.standard },
  { name: "embed", label: words.embed },
  { name: "email_only", label: words.emailOnly },
  { name: "invitations", label: words.invitations },
];

/** Users by kind, to search and to page through, and open invitations. */
export function UsersList() {
  const [tab, setTab] = useState<Kind | "invitations">("standard");
  const [inviting, setInviting] = useState(false);
  const invite = (
    <Button kind="primary" onClick={() => setInviting(true)}>
      {text.settings.invitations.invite}
    </Button>
  );
  return (
    <Page title={words.title} intro={words.intro} actions={invite}>
      <Tabs label={words.kinds} tabs={TABS} chosen={tab} onChoose={setTab} panelId="users" />
      <div id="users" role="tabpanel" aria-label={TABS.find((each) => each.name === tab)?.label} className="stack">
        {tab === "invitations" ? <Invitations /> : <OfKind key={tab} kind={tab} />}
      </div>
      {inviting ? (
        <InvitePeople
          onClose={() => {
            setInviting(false);
            setTab("invitations");
          }}
        />
      ) : null}
    </Page>
  );
}

function OfKind({ kind }: { kind: Kind }) {
  const [typed, setTyped] = useState("");
  const [state, setState] = useState<State>("active");
  const search = useSettled(typed.trim());
  const users = usePaged([...USERS, kind, state, search], (cursor) => readUsers(kind, state, search, cursor));
  return (
    <>
      <div className="filters">
        <Field label={words.search} type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Select label={words.state} value={state} onChange={(event) => setState(event.target.value as State)}>
          <option value="active">{words.states.active}</option>
          <option value="inactive">{words.states.inactive}</option>
          <option value="any">{words.states.any}</option>
        </Select>
      </div>
      <List
        of={users}
        label={words.loading}
        caption={words.title}
        columns={kind === "embed" ? [NAME, ENTITY, ...COLUMNS] : [NAME, ...COLUMNS]}
        keyOf={(each) => each.id}
        empty={<Empty title={words.empty[kind]}>{words.emptyHint[kind]}</Empty>}
      />
    </>
  );
}

const NAME: Column<User> = {
  name: words.name,
  of: (each) => (
    <Link to={`/settings/users/${each.id}`} className="plain">
      <Name more={each.email}>{each.name}</Name>
    </Link>
  ),
};

const ENTITY: Column<User> = { name: words.entity, of: (each) => <Name>{each.embedEntity ?? text.common.none}</Name> };

const COLUMNS: Column<User>[] = [
  {
    name: words.role,
    of: (each) =>
      each.active ? (
        <Tag tone={each.orgRole === "ORG_ADMIN" ? "good" : "plain"}>{words.roles[each.orgRole]}</Tag>
      ) : (
        <Tag tone="bad">{words.deactivated}</Tag>
      ),
  },
  {
    name: words.groups,
    of: (each) => <Name>{each.groups.map((group) => group.name).join(", ") || text.common.none}</Name>,
  },
  { name: words.lastLogin, of: (each) => <When at={each.lastLoginAt} none={words.neverIn} /> },
];
