import { text } from "~/text";
import type { Document, Operation, Parameter } from "./openapi";
import { typeName } from "./openapi";
import type { Call } from "./snippets";
import type { SetCall } from "./useCall";
import styles from "./Reference.module.css";

type Props = { document: Document; operation: Operation; call: Call; set: SetCall };

/** The parameters as a form: what is filled in goes into the examples and the trial. */
export function Parameters({ document, operation, call, set }: Props) {
  const parameters = (operation.parameters ?? []).filter((each) => each.in !== "header");
  if (parameters.length === 0) return null;
  function fill(parameter: Parameter, value: string) {
    const place = parameter.in === "path" ? "path" : "query";
    set({ [place]: { ...call[place], [parameter.name]: value } });
  }
  return (
    <section>
      <h2>{text.reference.parameters}</h2>
      <div className={styles.rows}>
        {parameters.map((each) => (
          <label key={`${each.in} ${each.name}`} className={styles.row}>
            <span className={styles.name}>
              <code>{each.name}</code>
              {each.required ? <em>{text.reference.required}</em> : null}
            </span>
            <span className={styles.what}>
              <span className={styles.soft}>
                {text.reference.places[each.in === "path" ? "path" : "query"]}, {typeName(document, each.schema ?? {})}
                {each.schema?.default === undefined || each.schema.default === null
                  ? ""
                  : `, ${text.reference.byDefault} ${JSON.stringify(each.schema.default)}`}
              </span>
              {each.description ?? each.schema?.description ?? ""}
            </span>
            <input
              value={(each.in === "path" ? call.path : call.query)[each.name] ?? ""}
              onChange={(event) => fill(each, event.target.value)}
              spellCheck={false}
              autoComplete="off"
            />
          </label>
        ))}
      </div>
    </section>
  );
}
