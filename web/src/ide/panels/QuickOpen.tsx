import { useMemo, useState, type KeyboardEvent } from "react";

import { text } from "~/text";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { quickly, type Hit } from "../data/quick";
import type { Workbench } from "../data/workbench";
import styles from "./QuickOpen.module.css";

const words = text.ide;

/** Finds a file, a view, a topic or a field by a part of its name; arrows choose, Enter goes there. */
export function QuickOpen({ bench, onClose }: { bench: Workbench; onClose: () => void }) {
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const hits = useMemo(() => quickly(Object.keys(bench.texts), bench.names.all, search), [bench.texts, bench.names, search]);
  const here = Math.min(at, Math.max(0, hits.length - 1));
  function go(hit: Hit | undefined) {
    if (!hit) return;
    onClose();
    bench.open(hit.file, hit.line, hit.column);
  }
  function onKey(event: KeyboardEvent) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) setAt((here + step + hits.length) % Math.max(1, hits.length));
    else if (event.key === "Enter") go(hits[here]);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
  }
  return (
    <Dialog title={words.quickOpen} onClose={onClose} wide>
      <Field
        label={words.quickOpenLabel}
        hideLabel
        placeholder={words.quickOpenLabel}
        type="search"
        role="combobox"
        aria-expanded
        aria-controls="quick-hits"
        aria-activedescendant={hits.length > 0 ? `quick-${here}` : undefined}
        autoFocus
        value={search}
        onKeyDown={onKey}
        onChange={(event) => {
          setSearch(event.target.value);
          setAt(0);
        }}
      />
      <ul id="quick-hits" role="listbox" aria-label={words.quickOpen} className={styles.hits}>
        {hits.map((hit, index) => (
          <li key={hit.key} id={`quick-${index}`} role="option" aria-selected={index === here} onClick={() => go(hit)}>
            <bdi>{hit.name}</bdi> <bdi className={styles.soft}>{hit.detail}</bdi>
          </li>
        ))}
      </ul>
      {hits.length === 0 ? <p className={styles.soft}>{words.nothingFound}</p> : null}
    </Dialog>
  );
}
