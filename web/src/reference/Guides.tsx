import { Link } from "react-router";

import { BASE } from "~/api/client";
import { text } from "~/text";
import { CopyButton } from "~/ui/CopyButton";
import { Table } from "~/ui/Table";
import { useTitle } from "~/ui/Page";
import type { Area, Document } from "./openapi";
import { Method } from "./Method";
import styles from "./Reference.module.css";

const base = BASE.href.replace(/\/$/, "");

/** What the API is, where it is, and everything it serves. */
export function Start({ areas }: { areas: Area[] }) {
  useTitle(text.reference.title);
  const setup = `export OMNI_BASE_URL=${base}\nexport OMNI_API_KEY=…\n\ncurl "$OMNI_BASE_URL/api/v1/whoami" -H "Authorization: Bearer $OMNI_API_KEY"`;
  return (
    <article className={styles.article}>
      <h1>{text.reference.title}</h1>
      <p>{text.reference.intro}</p>
      <div className={styles.example}>
        <pre tabIndex={0}>{setup}</pre>
        <CopyButton value={setup} />
      </div>
      <p>
        {text.reference.makeKey} <Link to="/settings/api-keys">{text.reference.toKeys}</Link>
      </p>
      {areas.map((area) => (
        <section key={area.name}>
          <h2>{area.name}</h2>
          <Table
            caption={area.name}
            rows={area.operations}
            keyOf={(each) => each.operationId}
            columns={[
              { name: text.reference.method, of: (each) => <Method name={each.method} /> },
              { name: text.reference.path, of: (each) => <code>{each.path}</code> },
              { name: text.reference.what, of: (each) => <Link to={each.operationId}>{each.summary}</Link> },
              {
                name: text.reference.status,
                of: (each) => (each["x-beta"] ? text.reference.beta : each["x-own"] ? text.reference.own : text.reference.stable),
              },
            ]}
          />
        </section>
      ))}
    </article>
  );
}

export function Authentication() {
  useTitle(text.reference.guides.authentication);
  return (
    <article className={styles.article}>
      <h1>{text.reference.guides.authentication}</h1>
      {text.reference.authentication.map((each) => (
        <p key={each}>{each}</p>
      ))}
      <div className={styles.example}>
        <pre tabIndex={0}>{"Authorization: Bearer $OMNI_API_KEY"}</pre>
      </div>
    </article>
  );
}

export function Errors({ document }: { document: Document }) {
  useTitle(text.reference.guides.errors);
  return (
    <article className={styles.article}>
      <h1>{text.reference.guides.errors}</h1>
      <p>{text.reference.errors}</p>
      <div className={styles.example}>
        <pre tabIndex={0}>{'{"detail": "Model with id … does not exist", "status": 404, "code": "not_found"}'}</pre>
      </div>
      <Table
        caption={text.reference.guides.errors}
        rows={document["x-error-codes"] ?? []}
        keyOf={(each) => each.code}
        columns={[
          { name: text.reference.status, of: (each) => each.status },
          { name: text.reference.code, of: (each) => <code>{each.code}</code> },
          { name: text.reference.meaning, of: (each) => each.description },
        ]}
      />
    </article>
  );
}

export function Limits() {
  useTitle(text.reference.guides.limits);
  return (
    <article className={styles.article}>
      <h1>{text.reference.guides.limits}</h1>
      {text.reference.limits.map((each) => (
        <p key={each}>{each}</p>
      ))}
    </article>
  );
}
