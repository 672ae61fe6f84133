import { useState } from "react";

import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { Empty } from "~/ui/Empty";
import { Loaded } from "~/ui/Loaded";
import { Name } from "~/ui/Name";
import { Page } from "~/ui/Page";
import { RowButtons } from "~/ui/RowButtons";
import { Table, type Column } from "~/ui/Table";
import { toast } from "~/ui/toast";
import { When } from "~/ui/When";
import { RoleForm } from "./RoleForm";
import { deleteRole, useRoles, type CustomRole } from "./roles";
import { Tiers } from "./Tiers";
import { permissionName, roleName } from "./words";

const words = text.settings.roles;
type Doing = { what: "make" } | { what: "change" | "delete"; role: CustomRole };

/** Roles: the built-in ones with what they allow, and the organization's own. */
export function RolesPage() {
  const [doing, setDoing] = useState<Doing>();
  const roles = useRoles();
  const close = () => setDoing(undefined);
  const create = (
    <Button kind="primary" onClick={() => setDoing({ what: "make" })}>
      {words.create}
    </Button>
  );
  return (
    <Page title={words.title} intro={words.intro} actions={create}>
      <Loaded of={roles} label={words.loading}>
        {(all) => (
          <>
            <h2>{words.custom}</h2>
            <p className="hint">{words.customIntro}</p>
            {all.records.length ? (
              <Table caption={words.custom} rows={all.records} columns={columns(setDoing)} keyOf={(each) => each.id} />
            ) : (
              <Empty title={words.emptyTitle}>{words.emptyHint}</Empty>
            )}
            <h2>{words.builtIn}</h2>
            <Tiers of={all} />
            {doing?.what === "make" ? <RoleForm roles={all} onClose={close} /> : null}
            {doing?.what === "change" ? <RoleForm roles={all} of={doing.role} onClose={close} /> : null}
            {doing?.what === "delete" ? <DeleteRole of={doing.role} onClose={close} /> : null}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function columns(onDo: (doing: Doing) => void): Column<CustomRole>[] {
  return [
    { name: words.name, of: (each) => <Name more={each.description}>{each.name}</Name> },
    { name: words.base, of: (each) => roleName(each.baseRole) },
    {
      name: words.denied,
      of: (each) => each.deniedPermissions.map(permissionName).join(", ") || words.nothingDenied,
    },
    { name: words.changed, of: (each) => <When at={each.updatedAt} /> },
    { name: words.actions, hideName: true, end: true, of: (role) => <RowButtons
          name={role.name}
          words={words}
          onEdit={() => onDo({ what: "change", role })}
          onDelete={() => onDo({ what: "delete", role })}
        /> },
  ];
}

function DeleteRole({ of: role, onClose }: { of: CustomRole; onClose: () => void }) {
  async function remove() {
    await deleteRole(role.id);
    toast(words.deleted(role.name));
  }
  return (
    <Confirm title={words.deleteTitle} yes={words.deleteYes} onYes={remove} onClose={onClose}>
      {words.deleteAsk(role.name)}
    </Confirm>
  );
}
