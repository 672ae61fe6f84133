import { useState } from "react";

import { text } from "~/text";
import { Field, Select } from "~/ui/Field";
import { SavedForm } from "~/ui/SavedForm";
import { Section } from "~/ui/Section";
import { TimeZone } from "~/ui/TimeZone";
import { changeUser, type UserChange, type UserDetail } from "./users";

const words = text.settings.users;

/** Name, role in the organization and time zone; only what was changed is sent. */
export function UserForm({ of: user }: { of: UserDetail }) {
  const [name, setName] = useState(user.name);
  const [role, setRole] = useState(user.orgRole);
  const [zone, setZone] = useState(user.timeZone ?? "");
  async function save() {
    const change: UserChange = {};
    if (name !== user.name) change.name = name;
    if (role !== user.orgRole) change.orgRole = role;
    if (zone.trim() !== (user.timeZone ?? "")) change.timeZone = zone.trim() || null;
    await changeUser(user.id, change);
  }
  return (
    <Section title={words.profile}>
      <SavedForm label={words.profile} onSave={save} saved={words.saved(name)}>
        <Field label={words.name} required value={name} onChange={(event) => setName(event.target.value)} />
        <Select
          label={words.role}
          value={role}
          onChange={(event) => setRole(event.target.value === "ORG_ADMIN" ? "ORG_ADMIN" : "MEMBER")}
        >
          <option value="MEMBER">{words.roles.MEMBER}</option>
          <option value="ORG_ADMIN">{words.roles.ORG_ADMIN}</option>
        </Select>
        <TimeZone label={words.zone} hint={words.zoneHint} value={zone} onChange={setZone} />
      </SavedForm>
    </Section>
  );
}
