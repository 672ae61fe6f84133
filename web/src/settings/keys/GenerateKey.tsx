import { useState } from "react";

import { text } from "~/text";
import { Field } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { Secret } from "~/ui/Secret";
import { ShownOnce } from "~/ui/ShownOnce";
import { commandFor, makeKey, type IssuedKey, type Kind } from "./keys";

type Words = { generate: string; made: string; once: string; inherits: string };
type Props = { kind: Kind; words?: Words; onClose: () => void };

/** Asks for a name, makes the key, and shows it: this dialog is the only place that ever holds its text. */
export function GenerateKey({ kind, words = text.settings.keys, onClose }: Props) {
  const [name, setName] = useState("");
  const [made, setMade] = useState<IssuedKey>();
  if (made) return <Made made={made} words={words} onClose={onClose} />;
  return (
    <FormDialog
      title={words.generate}
      submit={text.settings.keys.submit}
      onSubmit={async () => setMade(await makeKey(name, kind))}
      onClose={onClose}
    >
      <Field
        label={text.settings.keys.name}
        hint={text.settings.keys.nameHint}
        required
        maxLength={128}
        autoFocus
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <p>{words.inherits}</p>
    </FormDialog>
  );
}

function Made({ made, words, onClose }: { made: IssuedKey; words: Words; onClose: () => void }) {
  return (
    <ShownOnce title={words.made} once={words.once} done={text.settings.keys.leaving} onClose={onClose}>
      <Secret label={text.settings.keys.key} value={made.token} copy={text.settings.keys.copyKey} />
      <Secret
        label={text.settings.keys.tryIt}
        value={commandFor(made.token)}
        copy={text.settings.keys.copyCommand}
      />
    </ShownOnce>
  );
}
