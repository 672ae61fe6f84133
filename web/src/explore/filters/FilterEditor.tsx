import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import type { FieldInfo, FilterJson, FilterLine, JsonObject } from "../types";
import styles from "./Filters.module.css";
import { Suggestions } from "./Suggestions";
import { withValue } from "./tokens";
import { type Calendar, type Parsed, useReader, useSaid, useSuggestions } from "./useFilter";

type Props = {
  info: FieldInfo | undefined;
  label: string;
  line: FilterLine;
  base: JsonObject;
  branchId: string | undefined;
  calendar: Calendar;
  autoFocus: boolean;
  onChange: (filter: FilterJson | null) => void;
  onSettling: (settling: Promise<unknown>) => void;
};

const PAUSE = 350;

/** A filter as text: what is typed is read by the server while one types, and said again in words. */
export function FilterEditor({ info, label, line, base, branchId, calendar, autoFocus, onChange, onSettling }: Props) {
  const id = useId();
  const said = useSaid(info, line.filter, calendar);
  const read = useReader(info, calendar);
  const [typed, setTyped] = useState<string>();
  const [wrong, setWrong] = useState<unknown>();
  const [focused, setFocused] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef<string>(undefined);
  const own = useRef(JSON.stringify(line.filter));
  const shown = typed ?? said.data?.text ?? "";
  const values = useSuggestions(info, shown, base, branchId, focused);
  const offers = info?.kind === "string" ? values : shown === "" ? (text.explore.offers[info?.kind ?? "other"] ?? []) : [];
  const isOpen = focused && offers.length > 0;

  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);

  // A filter that came otherwise, by undoing or by the address, shows its own text.
  useEffect(() => {
    if (own.current === JSON.stringify(line.filter)) return;
    own.current = JSON.stringify(line.filter);
    latest.current = undefined;
    setTyped(undefined);
    setWrong(undefined);
  }, [line.filter]);

  async function settle(words: string): Promise<void> {
    latest.current = words;
    try {
      const parsed = await read(words);
      if (latest.current !== words) return;
      setWrong(undefined);
      const filter = (parsed.filter ?? null) as FilterJson | null;
      own.current = JSON.stringify(filter);
      onChange(filter);
    } catch (error) {
      if (latest.current === words) setWrong(error);
    }
  }
  useEffect(() => {
    if (typed === undefined || typed === latest.current) return;
    const timer = setTimeout(() => void settle(typed), PAUSE);
    return () => clearTimeout(timer);
  });
  function leave() {
    setFocused(false);
    setActive(-1);
    if (typed !== undefined && typed !== latest.current) onSettling(settle(typed));
  }
  function choose(value: string) {
    const next = info?.kind === "string" ? withValue(shown, value) : value;
    if (next === undefined) {
      latest.current = undefined;
      setTyped(undefined);
      onChange({ type: "string", kind: "EQUALS", values: [value] });
    } else {
      setTyped(next);
      onSettling(settle(next));
    }
    setActive(-1);
    input.current?.focus();
  }
  function onKey(event: KeyboardEvent) {
    if (event.key === "ArrowDown" && isOpen) setActive((active + 1) % offers.length);
    else if (event.key === "ArrowUp" && isOpen) setActive((active <= 0 ? offers.length : active) - 1);
    else if (event.key === "Escape") setFocused(false);
    else if (event.key === "Enter") {
      const chosen = isOpen ? offers[active] : undefined;
      if (chosen !== undefined) choose(chosen);
      else if (typed !== undefined) onSettling(settle(typed));
      if (!event.ctrlKey && !event.metaKey) event.preventDefault();
      return;
    } else return;
    event.preventDefault();
  }
  return (
    <div className={styles.editor}>
      <input
        ref={input}
        className={styles.input}
        role="combobox"
        aria-label={text.explore.filterText(label)}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${id}-list-${active}` : undefined}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={`${id}-words`}
        autoComplete="off"
        spellCheck={false}
        placeholder={text.explore.filterHints[info?.kind ?? "other"]}
        value={shown}
        disabled={line.filter !== null && said.isPending}
        onChange={(event) => {
          setTyped(event.target.value);
          setFocused(true);
          setActive(-1);
        }}
        onFocus={() => setFocused(true)}
        onClick={() => setFocused(true)}
        onBlur={leave}
        onKeyDown={onKey}
      />
      <div id={`${id}-words`} className={wrong ? styles.wrong : styles.words} role={wrong ? "alert" : undefined}>
        {wrong ? sentence(wrong) : line.filter === null ? text.explore.anything : wordsOf(said.data, said.isError)}
      </div>
      {isOpen ? <Suggestions id={`${id}-list`} anchor={input} values={offers} active={active} onChoose={choose} /> : null}
    </div>
  );
}

function wordsOf(said: Parsed | undefined, isWrong: boolean): string {
  if (isWrong) return text.explore.unreadable;
  if (!said) return "";
  const { window } = said;
  if (!window?.from || !window.until) return said.words;
  return `${said.words} (${shortTime(window.from)} ${text.explore.until} ${shortTime(window.until)})`;
}

const shortTime = (wall: string): string => (wall.endsWith("T00:00:00") ? wall.slice(0, 10) : wall.slice(0, 16).replace("T", " "));
