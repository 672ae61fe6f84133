import { useState } from "react";

import { text } from "~/text";
import { Area } from "~/ui/Area";
import { Check, Field, Select } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { toast } from "~/ui/toast";
import { draftOf, saveAttribute, type Attribute, type Draft } from "./attributes";

const words = text.settings.attributes;

/** Makes an attribute, or changes what `of` says. */
export function AttributeForm({ of: before, onClose }: { of?: Attribute | undefined; onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(before));
  const put = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  async function save() {
    await saveAttribute(before, draft);
    const name = draft.label.trim() || draft.name;
    toast(before ? words.changed(name) : words.created(name));
    onClose();
  }
  return (
    <FormDialog
      title={before ? words.change(before.label) : words.create}
      submit={before ? text.common.save : words.createSubmit}
      onSubmit={save}
      onClose={onClose}
    >
      {before ? null : (
        <Field
          label={words.reference}
          hint={words.referenceHint}
          required
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={draft.name}
          onChange={(event) => put({ name: event.target.value })}
        />
      )}
      <Field
        label={words.label}
        hint={before ? undefined : words.labelHint}
        value={draft.label}
        onChange={(event) => put({ label: event.target.value })}
      />
      <Select
        label={words.type}
        value={draft.type}
        onChange={(event) => put({ type: event.target.value === "Number" ? "Number" : "String" })}
      >
        <option value="String">{words.types.String}</option>
        <option value="Number">{words.types.Number}</option>
      </Select>
      <Check label={words.many} checked={draft.many} onChange={(event) => put({ many: event.target.checked })} />
      {draft.many ? (
        <Area
          label={words.default}
          hint={words.defaultsHint}
          value={draft.value}
          onChange={(event) => put({ value: event.target.value })}
        />
      ) : (
        <Field
          label={words.default}
          hint={words.defaultHint}
          value={draft.value}
          onChange={(event) => put({ value: event.target.value })}
        />
      )}
      <Field
        label={`${words.description} (${text.common.optional})`}
        value={draft.description}
        onChange={(event) => put({ description: event.target.value })}
      />
    </FormDialog>
  );
}
