import { useState } from "react";

import type { Appearance } from "~/app/theme";
import { text } from "~/text";
import { Field, Select } from "~/ui/Field";
import { SavedForm } from "~/ui/SavedForm";
import { Facts, Section } from "~/ui/Section";
import { TimeZone } from "~/ui/TimeZone";
import { When } from "~/ui/When";
import { saveProfile, type Profile, type ProfileChange } from "./profile";

const words = text.profile;
const looks = text.shell.appearances;

/** Who one is, and what of it one may change; only what was changed is sent. */
export function About({ of: profile }: { of: Profile }) {
  const [name, setName] = useState(profile.name);
  const [zone, setZone] = useState(profile.timeZone ?? "");
  const [appearance, setAppearance] = useState<Appearance>(profile.appearance);
  async function save() {
    const change: ProfileChange = {};
    if (name !== profile.name) change.name = name;
    if (zone.trim() !== (profile.timeZone ?? "")) change.timeZone = zone.trim() || null;
    if (appearance !== profile.appearance) change.appearance = appearance;
    await saveProfile(change);
  }
  const inherited = profile.timeZone === null ? profile.effectiveTimeZone : null;
  return (
    <Section title={words.about}>
      <Facts of={facts(profile)} />
      <SavedForm label={words.about} onSave={save} saved={words.saved}>
        <Field
          label={words.name}
          hint={profile.canChangeName ? undefined : words.nameFixed}
          required
          disabled={!profile.canChangeName}
          autoComplete="name"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TimeZone label={words.zone} hint={words.zoneHint(inherited)} value={zone} onChange={setZone} />
        <Select
          label={words.appearance}
          hint={words.appearanceHint}
          value={appearance}
          onChange={(event) => setAppearance(event.target.value as Appearance)}
        >
          <option value="system">{looks.system}</option>
          <option value="light">{looks.light}</option>
          <option value="dark">{looks.dark}</option>
        </Select>
      </SavedForm>
    </Section>
  );
}

function facts(profile: Profile) {
  return [
    [words.email, <bdi key="email">{profile.email}</bdi>],
    [words.organization, <bdi key="organization">{profile.organization.name}</bdi>],
    [words.role, text.settings.users.roles[profile.orgRole]],
    [words.since, <When key="since" at={profile.createdAt} />],
  ] as const;
}
