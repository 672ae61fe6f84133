import { text } from "~/text";
import { Table, type Column } from "~/ui/Table";
import type { Roles } from "./roles";
import { plain, roleName } from "./words";

type Capability = Roles["capabilities"][number];

const words = text.settings.roles;

/** The built-in roles from weak to strong, and what each allows. */
export function Tiers({ of: roles }: { of: Roles }) {
  const columns: Column<Capability>[] = [
    { name: words.capability, of: (each) => plain(each.text) },
    ...roles.tiers.map((tier) => ({
      name: roleName(tier.name),
      of: (each: Capability) => <Mark on={tier.permissions.includes(each.permission)} />,
    })),
  ];
  return <Table caption={words.builtIn} rows={roles.capabilities} columns={columns} keyOf={(each) => each.text} />;
}

function Mark({ on }: { on: boolean }) {
  return (
    <>
      <span aria-hidden="true">{on ? "✓" : "–"}</span>
      <span className="visually-hidden">{on ? words.yes : words.no}</span>
    </>
  );
}
