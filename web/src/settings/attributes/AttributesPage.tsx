import { useState } from "react";

import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { Loaded } from "~/ui/Loaded";
import { Name } from "~/ui/Name";
import { Page } from "~/ui/Page";
import { RowButtons } from "~/ui/RowButtons";
import { Table, type Column } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import { toast } from "~/ui/toast";
import { AttributeForm } from "./AttributeForm";
import { deleteAttribute, useAttributes, type Attribute } from "./attributes";
import { textOf } from "./values";

const words = text.settings.attributes;
type Doing = { what: "make" } | { what: "change" | "delete"; attribute: Attribute };

/** Definitions of user attributes: those of the server, and one's own. */
export function AttributesPage() {
  const [doing, setDoing] = useState<Doing>();
  const attributes = useAttributes();
  const close = () => setDoing(undefined);
  const create = (
    <Button kind="primary" onClick={() => setDoing({ what: "make" })}>
      {words.create}
    </Button>
  );
  return (
    <Page title={words.title} intro={words.intro} actions={create}>
      <Loaded of={attributes} label={words.loading}>
        {({ records }) => (
          <Table
            caption={words.title}
            rows={[...records].sort((a, b) => Number(a.system) - Number(b.system))}
            columns={columns(setDoing)}
            keyOf={(each) => each.name}
          />
        )}
      </Loaded>
      {doing?.what === "make" ? <AttributeForm onClose={close} /> : null}
      {doing?.what === "change" ? <AttributeForm of={doing.attribute} onClose={close} /> : null}
      {doing?.what === "delete" ? <DeleteAttribute of={doing.attribute} onClose={close} /> : null}
    </Page>
  );
}

function columns(onDo: (doing: Doing) => void): Column<Attribute>[] {
  return [
    {
      name: words.label,
      of: (each) => <Name more={each.description}>{each.label}</Name>,
    },
    { name: words.reference, of: (each) => <code className="breaks">{each.name}</code> },
    {
      name: words.type,
      of: (each) => `${words.types[each.type]}${each.multiple_values ? `, ${words.manyShort}` : ""}`,
    },
    {
      name: words.default,
      of: (each) =>
        each.default_value === null ? (
          <span className="hint">{words.noDefault}</span>
        ) : (
          <Name>{textOf(each.default_value).replaceAll("\n", ", ")}</Name>
        ),
    },
    {
      name: words.actions,
      hideName: true,
      end: true,
      of: (attribute) => (attribute.system ? <Tag>{words.system}</Tag> : <RowButtons
          name={attribute.label}
          words={words}
          onEdit={() => onDo({ what: "change", attribute })}
          onDelete={() => onDo({ what: "delete", attribute })}
        />),
    },
  ];
}

function DeleteAttribute({ of: attribute, onClose }: { of: Attribute; onClose: () => void }) {
  async function remove() {
    await deleteAttribute(attribute.id);
    toast(words.deleted(attribute.label));
  }
  return (
    <Confirm title={words.deleteTitle} yes={words.deleteYes} onYes={remove} onClose={onClose}>
      <p>{words.deleteAsk(attribute.label)}</p>
      <ul className="bullets">
        {words.breaks.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <p>{words.deleteAdvice}</p>
    </Confirm>
  );
}
