import { useState } from "react";
import { Link, Route, Routes, useNavigate } from "react-router";

import { usePaged } from "~/api/paged";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Field } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { List } from "~/ui/List";
import { Name } from "~/ui/Name";
import { Page } from "~/ui/Page";
import type { Column } from "~/ui/Table";
import { toast } from "~/ui/toast";
import { useSettled } from "~/ui/useSettled";
import { When } from "~/ui/When";
import { GroupPage } from "./GroupPage";
import { createGroup, GROUPS, readGroups, type Group } from "./groups";

const words = text.settings.groups;

/** Groups: all of them, or one. */
export function GroupsPage() {
  return (
    <Routes>
      <Route index Component={GroupsList} />
      <Route path=":id" Component={GroupPage} />
    </Routes>
  );
}

function GroupsList() {
  const [typed, setTyped] = useState("");
  const [making, setMaking] = useState(false);
  const search = useSettled(typed.trim());
  const groups = usePaged([...GROUPS, search], (cursor) => readGroups(search, cursor));
  const create = (
    <Button kind="primary" onClick={() => setMaking(true)}>
      {words.create}
    </Button>
  );
  return (
    <Page title={words.title} intro={words.intro} actions={create}>
      <div className="filters">
        <Field label={words.search} type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
      </div>
      <List
        of={groups}
        label={words.loading}
        caption={words.title}
        columns={COLUMNS}
        keyOf={(each) => each.id}
        empty={<Empty title={words.emptyTitle}>{words.emptyHint}</Empty>}
      />
      {making ? <CreateGroup onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}

const COLUMNS: Column<Group>[] = [
  {
    name: words.name,
    of: (each) => (
      <Link to={`/settings/groups/${each.id}`} className="plain">
        <Name>{each.name}</Name>
      </Link>
    ),
  },
  { name: words.members, of: (each) => each.memberCount },
  { name: words.inner, of: (each) => each.groupCount },
  { name: words.changed, of: (each) => <When at={each.updatedAt} /> },
];

function CreateGroup({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const navigate = useNavigate();
  async function create() {
    const made = await createGroup(name);
    toast(words.created(made.name));
    onClose();
    void navigate(`/settings/groups/${made.id}`);
  }
  return (
    <FormDialog title={words.create} submit={words.submit} onSubmit={create} onClose={onClose}>
      <Field
        label={words.name}
        required
        autoFocus
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}
