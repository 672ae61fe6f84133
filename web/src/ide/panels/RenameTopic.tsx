import { useState } from "react";

import { text } from "~/text";
import { Field } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { topicName } from "../data/newFiles";
import { written } from "../data/queries";
import type { Workbench } from "../data/workbench";
import { renameTopic } from "../data/writes";

const words = text.ide;

/** Gives a topic, and so its file, another name. */
export function RenameTopic({ bench, onClose }: { bench: Workbench; onClose: () => void }) {
  const before = topicName(bench.file) ?? "";
  const [name, setName] = useState(before);
  async function go() {
    const next = name.trim();
    await renameTopic(bench.where, before, next);
    await written(bench.where);
    bench.open(bench.file.replace(/[^/]+\.topic$/, `${next}.topic`));
    onClose();
  }
  return (
    <FormDialog title={words.renameTitle(before)} submit={words.rename} onSubmit={go} onClose={onClose}>
      <Field label={words.fileName} hint={words.renameHint} required autoFocus value={name} onChange={(event) => setName(event.target.value)} />
    </FormDialog>
  );
}
