import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";

import type { ChartSpec, QueryState } from "../types";
import { type Kept, read, write } from "./codec";
import { type History, begin, redo, step, undo } from "./history";
import { EMPTY } from "./state";

const NOTHING: Kept = { query: EMPTY, chart: undefined };

/**
 * The query and the chart, kept in the address. A change after a run makes a new entry of the browser's history,
 * further changes go into that entry, so that back and forward lead from question to question.
 */
export function useWorkbook(start: Kept | undefined) {
  const [params, setParams] = useSearchParams();
  const word = params.get("q") ?? undefined;
  const [history, setHistory] = useState<History<Kept>>(() => begin(read(word) ?? start ?? NOTHING));
  /** What is shown next, known before it is drawn: a query may be run in the same moment that it changed. */
  const held = useRef(history);
  const hold = useCallback((change: (now: History<Kept>) => History<Kept>) => {
    held.current = change(held.current);
    setHistory(held.current);
  }, []);
  const written = useRef(word);
  const ran = useRef(new Set<string | undefined>());
  /** Counts the times that another state came from the address: each is to be run. */
  const [arrivals, setArrivals] = useState(0);

  useEffect(() => {
    if (word === written.current) return;
    written.current = word;
    hold((now) => step(now, read(word) ?? NOTHING));
    setArrivals((now) => now + 1);
  }, [word, hold]);

  const { present } = history;
  // The router makes another function for each address; only another state is to be written.
  const put = useRef(setParams);
  useEffect(() => {
    put.current = setParams;
  });
  useEffect(() => {
    const next = write(present);
    if (next === written.current) return;
    const replace = !ran.current.has(written.current);
    written.current = next;
    put.current(
      (old) => {
        const to = new URLSearchParams(old);
        if (next) to.set("q", next);
        else to.delete("q");
        return to;
      },
      { replace },
    );
  }, [present]);

  const edit = useCallback(
    (change: (query: QueryState) => QueryState) =>
      hold((now) => step(now, { ...now.present, query: change(now.present.query) })),
    [hold],
  );
  const setChart = useCallback(
    (chart: ChartSpec | undefined) => hold((now) => step(now, { ...now.present, chart })),
    [hold],
  );
  return {
    query: present.query,
    chart: present.chart,
    edit,
    setChart,
    arrivals,
    latest: useCallback(() => held.current.present.query, []),
    noteRun: useCallback(() => {
      ran.current.add(write(held.current.present));
    }, []),
    undo: history.past.length > 0 ? () => hold(undo) : undefined,
    redo: history.future.length > 0 ? () => hold(redo) : undefined,
  };
}
