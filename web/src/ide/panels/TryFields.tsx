import { useMemo, useState } from "react";

import type { FieldInfo } from "~/explore/types";
import { text } from "~/text";
import { Field } from "~/ui/Field";
import { matching } from "../data/tryQuery";
import styles from "./TryQuery.module.css";

const words = text.ide;

type Props = { all: readonly FieldInfo[]; picked: readonly string[]; onToggle: (name: string) => void };

/** The fields of a topic, found by words; those that are chosen stand above. */
export function TryFields({ all, picked, onToggle }: Props) {
  const [search, setSearch] = useState("");
  const { shown, more } = useMemo(() => matching(all, search), [all, search]);
  return (
    <>
      {picked.length > 0 ? (
        <ul className={styles.picked} aria-label={words.chosen}>
          {picked.map((each) => (
            <li key={each}>
              <button type="button" aria-label={words.removeField(each)} onClick={() => onToggle(each)}>
                <bdi>{each}</bdi> <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <Field label={words.searchFields} hideLabel type="search" placeholder={words.searchFields} value={search} onChange={(event) => setSearch(event.target.value)} />
      <ul className={styles.fields} tabIndex={0} aria-label={words.fields}>
        {shown.map((each) => (
          <li key={each.name}>
            <button type="button" aria-pressed={picked.includes(each.name)} title={each.name} onClick={() => onToggle(each.name)}>
              <span className={each.isMeasure ? styles.measure : styles.dimension} aria-hidden="true" />
              <span className={styles.label}>
                <bdi>{each.label}</bdi>
                <span className="visually-hidden">, {each.isMeasure ? words.measure : words.dimension}</span>
              </span>
              <bdi className={styles.soft}>{each.viewLabel}</bdi>
            </button>
          </li>
        ))}
        {shown.length === 0 ? <li className={styles.soft}>{words.noFields}</li> : null}
        {more > 0 ? <li className={styles.soft}>{words.moreFields(more)}</li> : null}
      </ul>
    </>
  );
}
