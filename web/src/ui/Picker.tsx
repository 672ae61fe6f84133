import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "./Button";
import { Field } from "./Field";
import { Name } from "./Name";
import { Notice } from "./Notice";
import styles from "./Picker.module.css";
import { useSettled } from "./useSettled";

export type Pick = { id: string; name: string; more?: string };
type Props = {
  label: string;
  hint: string;
  none: string;
  name: string;
  search: (typed: string) => Promise<Pick[]>;
  taken: readonly string[];
  onPick: (pick: Pick) => void;
};

/** Finds something by a part of its name and picks it with a click; what is taken already is left out. */
export function Picker({ label, hint, none, name, search, taken, onPick }: Props) {
  const [typed, setTyped] = useState("");
  const wanted = useSettled(typed.trim());
  const found = useQuery({
    queryKey: ["picker", name, wanted],
    queryFn: () => search(wanted),
    enabled: wanted !== "",
  });
  const open = (found.data ?? []).filter((each) => !taken.includes(each.id)).slice(0, 8);
  return (
    <div className={styles.picker}>
      <Field
        label={label}
        hint={hint}
        type="search"
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {found.error ? <Notice tone="bad">{sentence(found.error)}</Notice> : null}
      {wanted !== "" && found.data && open.length === 0 ? <p className="hint" role="status">{none}</p> : null}
      {wanted !== "" && open.length > 0 ? (
        <ul className={styles.found}>
          {open.map((each) => (
            <li key={each.id}>
              <Name more={each.more}>{each.name}</Name>
              <Button
                size="small"
                aria-label={text.common.addOf(each.name)}
                onClick={() => {
                  onPick(each);
                  setTyped("");
                }}
              >
                {text.common.add}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

type ChosenProps = { label: string; of: readonly Pick[]; none: string; onRemove: (pick: Pick) => void };

/** What has been picked, each with a button to take it out again. */
export function Chosen({ label, of: picks, none, onRemove }: ChosenProps) {
  if (picks.length === 0) return <p className="hint">{none}</p>;
  return (
    <ul className={styles.chosen} aria-label={label}>
      {picks.map((each) => (
        <li key={each.id}>
          <Name more={each.more}>{each.name}</Name>
          <Button size="small" kind="quiet" aria-label={text.common.removeOf(each.name)} onClick={() => onRemove(each)}>
            {text.common.remove}
          </Button>
        </li>
      ))}
    </ul>
  );
}
