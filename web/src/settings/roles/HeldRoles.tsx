import { useState } from "react";

import type { components } from "~/api/schema";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Name } from "~/ui/Name";
import { Section } from "~/ui/Section";
import { Table, type Column } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import { GiveRole, type Given } from "./GiveRole";
import { usePlaces } from "./places";
import { roleName } from "./words";

type Origin = components["schemas"]["RoleOrigin"];
export type HeldRole = {
  modelId: string | null;
  connectionId: string;
  roleName: string;
  resolved?: boolean;
  from: Origin;
};

const words = text.settings.roles;
type Props = { of: readonly HeldRole[]; withOrigin?: boolean; give: (given: Given) => Promise<unknown> };

/** Roles that a member or a group has on models and connections, and a way to give another. */
export function HeldRoles({ of: roles, withOrigin = false, give }: Props) {
  const [giving, setGiving] = useState(false);
  const { places, nameOf } = usePlaces();
  const columns: Column<HeldRole>[] = [
    { name: words.where, of: (each) => <Name>{nameOf(each.modelId, each.connectionId)}</Name> },
    { name: words.role, of: (each) => <Name>{roleName(each.roleName)}</Name> },
  ];
  if (withOrigin) {
    columns.push(
      { name: words.from, of: (each) => <Name>{origin(each.from)}</Name> },
      { name: words.counts, of: (each) => (each.resolved ? <Tag tone="good">{words.counts}</Tag> : null) },
    );
  }
  const button = (
    <Button size="small" disabled={places.length === 0} onClick={() => setGiving(true)}>
      {words.give}
    </Button>
  );
  return (
    <Section title={words.given} hint={withOrigin && roles.length ? words.giveIntro : undefined} actions={button}>
      {roles.length ? (
        <Table caption={words.given} rows={roles} columns={columns} keyOf={keyOf} />
      ) : (
        <Empty title={words.noneTitle}>{words.noneHint}</Empty>
      )}
      {giving ? <GiveRole places={places} give={give} onClose={() => setGiving(false)} /> : null}
    </Section>
  );
}

function origin(from: Origin): string {
  return from.type === "GROUP" ? words.group(from.name ?? from.miniUuid ?? "") : words.origins[from.type];
}

function keyOf(role: HeldRole): string {
  return [role.modelId, role.connectionId, role.roleName, role.from.type, role.from.miniUuid, role.from.depth].join();
}
