import { useState } from "react";

import { text } from "~/text";
import { Select } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { toast } from "~/ui/toast";
import type { Place } from "./places";
import { useRoles } from "./roles";
import { roleName } from "./words";

const words = text.settings.roles;

export type Given = { roleName: string; modelId?: string; connectionId?: string };
type Props = { places: readonly Place[]; give: (given: Given) => Promise<unknown>; onClose: () => void };

/** Asks for a place and a role, and gives it. */
export function GiveRole({ places, give, onClose }: Props) {
  const roles = useRoles();
  const [place, setPlace] = useState(places[0]?.id ?? "");
  const [role, setRole] = useState("QUERIER");
  async function submit() {
    const chosen = places.find((each) => each.id === place);
    await give({ roleName: role, ...(chosen?.kind === "model" ? { modelId: place } : { connectionId: place }) });
    toast(words.wasGiven(roleName(role)));
    onClose();
  }
  return (
    <FormDialog title={words.give} submit={words.giveSubmit} onSubmit={submit} onClose={onClose}>
      <Select label={words.where} value={place} onChange={(event) => setPlace(event.target.value)}>
        {places.map((each) => (
          <option key={each.id} value={each.id}>
            {each.name}
          </option>
        ))}
      </Select>
      <Select
        label={words.role}
        hint={words.takingBack}
        value={role}
        onChange={(event) => setRole(event.target.value)}
      >
        {(roles.data?.tiers ?? []).map((each) => (
          <option key={each.name} value={each.name}>
            {roleName(each.name)}
          </option>
        ))}
        {(roles.data?.records ?? []).map((each) => (
          <option key={each.id} value={each.name}>
            {each.name}
          </option>
        ))}
      </Select>
    </FormDialog>
  );
}
