import { useState } from "react";

import { text } from "~/text";
import { Field, Select } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { newTopic, newView, pathOf } from "../data/newFiles";
import { useSchemas } from "../data/queries";
import type { Workbench } from "../data/workbench";

const words = text.ide;

type Props = { kind: "view" | "topic"; bench: Workbench; onClose: () => void };

/** Begins a file; it is on the server once it is saved. */
export function NewFile({ kind, bench, onClose }: Props) {
  const schemas = useSchemas(bench.where, kind === "view");
  const [name, setName] = useState("");
  const [schema, setSchema] = useState("");
  const [table, setTable] = useState("");
  const [view, setView] = useState(bench.names.viewIn(bench.file) ?? bench.names.views[0]?.name ?? "");
  function create() {
    const path = pathOf(kind, name);
    if (!path) return Promise.reject(new Error(words.badName));
    if (bench.textOf(path) !== undefined) return Promise.reject(new Error(words.nameTaken));
    bench.type(path, kind === "topic" ? newTopic(view) : newView(schema, table || path.replace(/^.*\/|\.view$/g, "")));
    bench.open(path);
    onClose();
    return Promise.resolve();
  }
  return (
    <FormDialog title={kind === "view" ? words.newViewTitle : words.newTopicTitle} submit={words.create} onSubmit={create} onClose={onClose}>
      <Field label={words.fileName} hint={words.fileNameHint[kind]} required autoFocus value={name} onChange={(event) => setName(event.target.value)} />
      {kind === "topic" ? (
        <Select label={words.baseView} value={view} onChange={(event) => setView(event.target.value)}>
          {bench.names.views.map((each) => (
            <option key={each.name}>{each.name}</option>
          ))}
        </Select>
      ) : (
        <>
          <Select label={words.schema} value={schema} onChange={(event) => setSchema(event.target.value)}>
            <option value="">{words.defaultSchema}</option>
            {(schemas.data ?? []).map((each) => (
              <option key={each}>{each}</option>
            ))}
          </Select>
          <Field label={words.tableName} hint={words.tableHint} value={table} onChange={(event) => setTable(event.target.value)} />
        </>
      )}
    </FormDialog>
  );
}
