import { useCallback, useEffect, useRef, useState } from "react";

import type { FieldLookup } from "../types";
import { type Answer, type Body, run, stop } from "./run";

export type RunState = {
  /** When the query that is under way was asked, milliseconds since 1970. */
  since: number | undefined;
  answer: Answer | undefined;
  /** What the answer, or the failure, is of. */
  asked: string | undefined;
  failure: unknown;
};

const KEPT = 8;
const NOTHING: RunState = { since: undefined, answer: undefined, asked: undefined, failure: undefined };

/** Runs one query at a time; the former answer stays until the next is there. */
export function useRun(lookup: FieldLookup | undefined) {
  const [state, setState] = useState<RunState>(NOTHING);
  const under = useRef<AbortController | undefined>(undefined);
  const job = useRef<string | undefined>(undefined);
  const kept = useRef(new Map<string, Answer>());

  const cancel = useCallback(() => {
    under.current?.abort();
    under.current = undefined;
    // A query that is waited for a second time does not end with the request, so it is stopped by name.
    if (job.current) void stop(job.current).catch(() => undefined);
    job.current = undefined;
    setState((now) => ({ ...now, since: undefined }));
  }, []);

  const ask = useCallback(
    async (body: Body, options: { fresh?: boolean; recall?: boolean } = {}) => {
      if (under.current) cancel();
      const key = JSON.stringify(body);
      const known = options.recall ? kept.current.get(key) : undefined;
      if (known) {
        under.current = undefined;
        setState({ since: undefined, answer: known, asked: key, failure: undefined });
        return;
      }
      const controller = new AbortController();
      under.current = controller;
      setState((now) => ({ ...now, since: Date.now() }));
      let next: Partial<RunState>;
      try {
        const sent = options.fresh ? { ...body, cache: "SkipCache" } : body;
        const answer = await run(sent, { signal: controller.signal, lookup, onJob: (id) => (job.current = id) });
        kept.current.delete(key);
        kept.current.set(key, answer);
        for (const old of [...kept.current.keys()].slice(0, -KEPT)) kept.current.delete(old);
        next = { answer, failure: undefined };
      } catch (error) {
        next = { failure: error };
      }
      if (under.current !== controller) return;
      job.current = undefined;
      under.current = undefined;
      setState((now) => ({ ...now, ...next, since: undefined, asked: key }));
    },
    [lookup, cancel],
  );

  useEffect(
    () => () => {
      under.current?.abort();
      if (job.current) void stop(job.current).catch(() => undefined);
    },
    [],
  );
  return { ...state, ask, cancel };
}
