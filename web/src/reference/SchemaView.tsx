import { useState } from "react";

import { text } from "~/text";
import { resolved, typeName, withoutNull, type Document, type Schema } from "./openapi";
import styles from "./Reference.module.css";

type Props = { document: Document; schema: Schema; caption?: string };

/** A schema as a tree of keys; parts open on demand, so that schemas that contain themselves end. */
export function SchemaView({ document, schema, caption }: Props) {
  const { schema: inner } = withoutNull(schema);
  const shape = resolved(document, inner);
  return (
    <div className={styles.schema}>
      {caption ? (
        <p className={styles.soft}>
          <code>{caption}</code> {typeName(document, schema)}
        </p>
      ) : null}
      {shape.description && caption ? <p>{shape.description}</p> : null}
      <Keys document={document} schema={schema} />
    </div>
  );
}

function Keys({ document, schema }: Props) {
  const { schema: inner } = withoutNull(schema);
  const shape = resolved(document, inner);
  const options = shape.anyOf ?? shape.oneOf;
  if (options) {
    return (
      <ul className={styles.keys}>
        {options.map((each, at) => (
          <li key={at}>
            <Part document={document} name={typeName(document, each)} schema={each} option />
          </li>
        ))}
      </ul>
    );
  }
  if (shape.type === "array" && shape.items) return <Keys document={document} schema={shape.items} />;
  const required = new Set(shape.required ?? []);
  const entries = Object.entries(shape.properties ?? {});
  if (entries.length === 0) return null;
  return (
    <ul className={styles.keys}>
      {entries.map(([name, each]) => (
        <li key={name}>
          <Part document={document} name={name} schema={each} required={required.has(name)} />
        </li>
      ))}
    </ul>
  );
}

type PartProps = Props & { name: string; required?: boolean; option?: boolean };

function Part({ document, name, schema, required = false, option = false }: PartProps) {
  const [open, setOpen] = useState(false);
  const { schema: inner, nullable } = withoutNull(schema);
  const deeper = hasKeys(document, inner);
  return (
    <>
      <span className={styles.key}>
        {deeper ? (
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            <span aria-hidden="true">{open ? "▾" : "▸"}</span> <code>{name}</code>
          </button>
        ) : (
          <code>{name}</code>
        )}
        {option ? null : <span className={styles.soft}>{typeName(document, schema)}</span>}
        {required ? <em>{text.reference.required}</em> : null}
        {nullable ? <em>{text.reference.nullable}</em> : null}
      </span>
      {inner.description && !option ? <span className={styles.about}>{inner.description}</span> : null}
      {open ? <Keys document={document} schema={inner} /> : null}
    </>
  );
}

function hasKeys(document: Document, schema: Schema): boolean {
  const shape = resolved(document, withoutNull(schema).schema);
  if (shape.properties && Object.keys(shape.properties).length > 0) return true;
  if (shape.items) return hasKeys(document, shape.items);
  return (shape.anyOf ?? shape.oneOf ?? []).some((each) => hasKeys(document, each));
}
