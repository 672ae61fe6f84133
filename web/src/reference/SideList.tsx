import { useState } from "react";
import { NavLink, useResolvedPath } from "react-router";

import { text } from "~/text";
import { Field } from "~/ui/Field";
import { matching, type Area } from "./openapi";
import { Method } from "./Method";
import styles from "./Reference.module.css";

const GUIDES = ["authentication", "errors", "limits"] as const;

/** Guides and operations by area, with a search over all of them. */
export function SideList({ areas }: { areas: Area[] }) {
  const [search, setSearch] = useState("");
  const base = useResolvedPath("/api-reference").pathname;
  const shown = matching(areas, search);
  return (
    <nav className={styles.side} aria-label={text.reference.operations}>
      <Field
        label={text.reference.search}
        hideLabel
        type="search"
        placeholder={text.reference.search}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className={styles.guides}>
        <li>
          <NavLink to={base} end>
            {text.reference.start}
          </NavLink>
        </li>
        {GUIDES.map((each) => (
          <li key={each}>
            <NavLink to={`${base}/${each}`}>{text.reference.guides[each]}</NavLink>
          </li>
        ))}
      </ul>
      {shown.length === 0 ? <p className={styles.soft}>{text.reference.nothing}</p> : null}
      {shown.map((area) => (
        <section key={area.name}>
          <h2 className={styles.area}>{area.name}</h2>
          <ul>
            {area.operations.map((each) => (
              <li key={each.operationId}>
                <NavLink to={`${base}/${each.operationId}`} className={styles.entry}>
                  <Method name={each.method} small />
                  <span>{each.summary ?? each.operationId}</span>
                  {each["x-beta"] ? <span className={styles.beta}>{text.reference.beta}</span> : null}
                </NavLink>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
