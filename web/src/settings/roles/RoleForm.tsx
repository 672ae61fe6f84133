import { useState } from "react";

import { text } from "~/text";
import { Checks } from "~/ui/Checks";
import { Field, Select } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { toast } from "~/ui/toast";
import { deniable, saveRole, type CustomRole, type RoleDraft, type Roles } from "./roles";
import { permissionName, roleName } from "./words";

const words = text.settings.roles;
type Props = { roles: Roles; of?: CustomRole; onClose: () => void };

/** Makes a custom role, or changes one. */
export function RoleForm({ roles, of: before, onClose }: Props) {
  const [draft, setDraft] = useState<RoleDraft>({
    name: before?.name ?? "",
    base: before?.baseRole ?? "QUERIER",
    denied: before?.deniedPermissions ?? [],
    description: before?.description ?? "",
  });
  const put = (change: Partial<RoleDraft>) => setDraft({ ...draft, ...change });
  async function save() {
    await saveRole(before, draft, roles);
    toast(before ? words.saved(draft.name) : words.created(draft.name));
    onClose();
  }
  return (
    <FormDialog
      title={before ? words.change(before.name) : words.create}
      submit={before ? text.common.save : words.createSubmit}
      onSubmit={save}
      onClose={onClose}
    >
      <Field
        label={words.name}
        required
        autoFocus
        autoComplete="off"
        value={draft.name}
        onChange={(event) => put({ name: event.target.value })}
      />
      <Select label={words.base} value={draft.base} onChange={(event) => put({ base: event.target.value })}>
        {roles.tiers
          .filter((tier) => tier.permissions.length > 0)
          .map((tier) => (
            <option key={tier.name} value={tier.name}>
              {roleName(tier.name)}
            </option>
          ))}
      </Select>
      <Checks
        label={words.denied}
        hint={words.deniedHint}
        options={deniable(roles, draft.base).map((value) => ({ value, label: <Permission of={value} /> }))}
        chosen={draft.denied}
        onChange={(denied) => put({ denied })}
      />
      <Field
        label={`${words.description} (${text.common.optional})`}
        value={draft.description}
        onChange={(event) => put({ description: event.target.value })}
      />
    </FormDialog>
  );
}

function Permission({ of: permission }: { of: string }) {
  return (
    <>
      {permissionName(permission)} <code className="hint">{permission}</code>
    </>
  );
}
