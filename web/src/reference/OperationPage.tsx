import { useMemo, useState } from "react";
import { Link, useParams } from "react-router";

import { text } from "~/text";
import { Empty } from "~/ui/Empty";
import { useTitle } from "~/ui/Page";
import { Examples } from "./Examples";
import { Method } from "./Method";
import type { Area, Document, Operation } from "./openapi";
import { Parameters } from "./Parameters";
import { sampleBody } from "./sample";
import { SchemaView } from "./SchemaView";
import { TryIt } from "./TryIt";
import { useCall } from "./useCall";
import styles from "./Reference.module.css";

type Props = { document: Document; areas: Area[] };

export function OperationPage({ document, areas }: Props) {
  const { operationId } = useParams();
  const operation = areas.flatMap((area) => area.operations).find((each) => each.operationId === operationId);
  if (!operation) {
    return (
      <Empty title={text.reference.unknown}>
        <Link to="/api-reference">{text.reference.start}</Link>
      </Empty>
    );
  }
  return <Described key={operation.operationId} document={document} operation={operation} />;
}

function Described({ document, operation }: { document: Document; operation: Operation }) {
  useTitle(operation.summary ?? operation.operationId);
  const first = useMemo(() => sampleBody(document, operation), [document, operation]);
  const { call, set } = useCall(first);
  const [shown, setShown] = useState<string>();
  const statuses = Object.entries(operation.responses ?? {});
  const open = shown ?? statuses[0]?.[0];
  return (
    <article className={styles.article}>
      <header className={styles.head}>
        <h1>{operation.summary ?? operation.operationId}</h1>
        {operation["x-beta"] ? <span className={styles.beta}>{text.reference.beta}</span> : null}
        {operation["x-own"] ? <span className={styles.own}>{text.reference.own}</span> : null}
      </header>
      <p className={styles.address}>
        <Method name={operation.method} />
        <code>{operation.path}</code>
      </p>
      {operation.description ? <p>{operation.description}</p> : null}
      <p className={styles.soft}>
        {text.reference.operationId} <code>{operation.operationId}</code>
        {operation.otherPaths.length > 0 ? ` · ${text.reference.also} ${operation.otherPaths.join(", ")}` : ""}
      </p>
      <Parameters document={document} operation={operation} call={call} set={set} />
      {operation.requestBody ? (
        <section>
          <h2>{text.reference.body}</h2>
          {Object.entries(operation.requestBody.content ?? {}).map(([type, content]) => (
            <SchemaView key={type} document={document} schema={content.schema ?? {}} caption={type} />
          ))}
        </section>
      ) : null}
      <Examples operation={operation} call={call} />
      <TryIt operation={operation} call={call} set={set} />
      <section>
        <h2>{text.reference.responses}</h2>
        <ul className={styles.statuses}>
          {statuses.map(([status, response]) => (
            <li key={status}>
              <button type="button" aria-expanded={open === status} onClick={() => setShown(status)}>
                <strong data-class={status[0]}>{status}</strong> {response.description}
              </button>
              {open === status
                ? Object.entries(response.content ?? {}).map(([type, content]) => (
                    <SchemaView key={type} document={document} schema={content.schema ?? {}} caption={type} />
                  ))
                : null}
            </li>
          ))}
        </ul>
      </section>
    </article>
  );
}
