import { useState } from "react";

import { text } from "~/text";
import { Field } from "~/ui/Field";
import { SavedForm } from "~/ui/SavedForm";
import { Section } from "~/ui/Section";
import { changePassword, type Profile } from "./profile";

const words = text.profile;

/** Changes one's password, where there is one. */
export function Password({ of: profile }: { of: Profile }) {
  const [present, setPresent] = useState("");
  const [wanted, setWanted] = useState("");
  async function save() {
    await changePassword(present, wanted);
    setPresent("");
    setWanted("");
  }
  if (!profile.canChangePassword) return <Section title={words.password}>{words.noPassword}</Section>;
  return (
    <Section title={words.password}>
      <SavedForm label={words.password} onSave={save} saved={words.passwordChanged} submit={words.changePassword}>
        <input type="text" hidden readOnly autoComplete="username" value={profile.email} />
        <Field
          label={words.currentPassword}
          type="password"
          required
          autoComplete="current-password"
          value={present}
          onChange={(event) => setPresent(event.target.value)}
        />
        <Field
          label={words.newPassword}
          hint={words.newPasswordHint}
          type="password"
          required
          autoComplete="new-password"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      </SavedForm>
    </Section>
  );
}
