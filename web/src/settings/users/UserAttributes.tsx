import { useState } from "react";

import { text } from "~/text";
import { Area } from "~/ui/Area";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { Name } from "~/ui/Name";
import { Section } from "~/ui/Section";
import { Table, type Column } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import { toast } from "~/ui/toast";
import { valueOf } from "../attributes/values";
import { changeUser, type UserDetail } from "./users";

type Held = UserDetail["attributes"][number];

const words = text.settings.users;

/** Which values of attributes a user has, and where each comes from. */
export function UserAttributes({ of: user }: { of: UserDetail }) {
  const [changing, setChanging] = useState<Held>();
  const columns: Column<Held>[] = [
    { name: words.attribute, of: (each) => <Name more={each.name}>{each.label}</Name> },
    { name: words.value, of: (each) => <Name>{each.values.join(", ") || words.unset}</Name> },
    { name: words.source, of: (each) => (each.source ? <Tag>{words.sources[each.source]}</Tag> : null) },
    {
      name: words.setValue,
      hideName: true,
      end: true,
      of: (each) =>
        user.active && canSet(each.name, user.kind) ? (
          <Button size="small" aria-label={words.setValueOf(each.label)} onClick={() => setChanging(each)}>
            {words.setValue}
          </Button>
        ) : null,
    },
  ];
  return (
    <Section title={words.attributes}>
      <Table caption={words.attributes} rows={user.attributes} columns={columns} keyOf={(each) => each.name} />
      {changing ? <SetValue user={user} of={changing} onClose={() => setChanging(undefined)} /> : null}
    </Section>
  );
}

/** The server sets its own attributes; embedded users get theirs from the signed address. */
const canSet = (name: string, kind: string): boolean => !name.startsWith("omni_") && kind !== "embed";

function SetValue({ user, of: held, onClose }: { user: UserDetail; of: Held; onClose: () => void }) {
  const [typed, setTyped] = useState(held.source === "user" ? held.values.join("\n") : "");
  async function save() {
    await changeUser(user.id, { attributes: { [held.name]: valueOf(typed, held.multipleValues) } });
    toast(words.wasSet(held.label));
    onClose();
  }
  return (
    <FormDialog title={words.setTitle(held.label)} submit={text.common.save} onSubmit={save} onClose={onClose}>
      {held.multipleValues ? (
        <Area
          label={words.values}
          hint={words.setHint}
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      ) : (
        <Field
          label={words.value}
          hint={words.setHint}
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
    </FormDialog>
  );
}
