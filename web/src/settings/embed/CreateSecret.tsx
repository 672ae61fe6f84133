import { useState } from "react";

import { api, data } from "~/api/client";
import { text } from "~/text";
import { Field } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { Secret } from "~/ui/Secret";
import { ShownOnce } from "~/ui/ShownOnce";

const words = text.settings.embed;

/** Asks for a name, makes the secret and shows it: this dialog is the only place that ever holds its text. */
export function CreateSecret({ onMade, onClose }: { onMade: () => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [secret, setSecret] = useState<string>();
  async function create() {
    const made = await data(api.POST("/api/v1/embed/secrets", { body: { name } }));
    setSecret(made.secret);
    onMade();
  }
  if (secret) {
    return (
      <ShownOnce title={words.made} once={words.once} done={words.done} onClose={onClose}>
        <Secret label={words.secret} value={secret} copy={words.copySecret} />
      </ShownOnce>
    );
  }
  return (
    <FormDialog title={words.create} submit={words.submit} onSubmit={create} onClose={onClose}>
      <Field
        label={words.name}
        hint={words.nameHint}
        required
        maxLength={128}
        autoFocus
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}
