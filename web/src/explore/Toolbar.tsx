import { useEffect, useState } from "react";

import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Menu, MenuItem } from "~/ui/Menu";
import { Downloads } from "./Downloads";
import styles from "./Explore.module.css";
import { hasQuestion, limited } from "./query/state";
import type { useWorkbook } from "./query/useWorkbook";
import type { Body } from "./result/run";
import type { RunState } from "./result/useRun";
import type { Command } from "./shortcuts";
import type { ChartImage } from "./types";

type Props = {
  book: ReturnType<typeof useWorkbook>;
  state: RunState;
  body: Body;
  name: string;
  image: ChartImage | undefined;
  isInspecting: boolean;
  commands: Record<Command, () => void>;
  onCancel: () => void;
  onClear: () => void;
};

export function Toolbar({ book, state, body, name, image, isInspecting, commands, onCancel, onClear }: Props) {
  const { query, edit } = book;
  const isRunning = state.since !== undefined;
  return (
    <div className={styles.toolbar} role="toolbar" aria-label={text.explore.title}>
      {isRunning ? (
        <Button onClick={onCancel}>{text.explore.cancel}</Button>
      ) : (
        <Button kind="primary" disabled={!hasQuestion(query)} onClick={commands.run}>
          {text.explore.run}
        </Button>
      )}
      {isRunning ? <Elapsed since={state.since ?? 0} /> : null}
      <span className={styles.grow} />
      {query.sql === null ? <Limit value={query.limit} onChange={(limit) => edit((now) => ({ ...now, limit }))} /> : null}
      <Button kind="quiet" disabled={!book.undo} onClick={book.undo} aria-label={text.explore.undo} title={text.explore.undo}>
        ↶
      </Button>
      <Button kind="quiet" disabled={!book.redo} onClick={book.redo} aria-label={text.explore.redo} title={text.explore.redo}>
        ↷
      </Button>
      <Downloads body={body} name={name} disabled={!hasQuestion(query)} image={image} />
      <Button kind="quiet" aria-pressed={isInspecting} onClick={commands.inspector}>
        {text.explore.inspector}
      </Button>
      <Menu label={text.explore.more} align="end">
        <MenuItem disabled={!hasQuestion(query)} onSelect={commands.runFresh}>
          {text.explore.runFresh}
        </MenuItem>
        <MenuItem onSelect={onClear}>{text.explore.clear}</MenuItem>
        <MenuItem onSelect={commands.help}>{text.explore.help}</MenuItem>
      </Menu>
    </div>
  );
}

function Limit({ value, onChange }: { value: number; onChange: (limit: number) => void }) {
  const [typed, setTyped] = useState(String(value));
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    setShown(value);
    setTyped(String(value));
  }
  function leave() {
    const next = limited(Number(typed));
    setTyped(String(next));
    if (next !== value) onChange(next);
  }
  return (
    <label className={styles.limit} title={text.explore.limitHint}>
      {text.explore.limit}
      <input
        inputMode="numeric"
        value={typed}
        onChange={(event) => setTyped(event.target.value.replace(/\D/g, ""))}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === "Enter") leave();
        }}
      />
    </label>
  );
}

/** Seconds that a query runs, told from the first. */
function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return (
    <span className={styles.elapsed} role="status">
      {now - since > 400 ? text.explore.running(seconds) : ""}
    </span>
  );
}
