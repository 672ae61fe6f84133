/** Asks a query and waits for it: lines of `query/run`, then of `query/wait` until the job has ended. */
import { send } from "~/api/client";
import type { FieldLookup, JsonObject, Result } from "../types";
import { bytesOf, decode } from "./decode";
import { type CacheMetadata, JobError, LOST, type Line, type Summary, linesOf } from "./lines";
import { wallClock } from "./locale";

export type Answer = {
  jobId: string;
  summary: Summary;
  cache: CacheMetadata | undefined;
  query: JsonObject | undefined;
  /** None when the query was only planned. */
  result: Result | undefined;
  /** From asking to having read the answer. */
  milliseconds: number;
  /** When it was had, milliseconds since 1970. */
  at: number;
};

export type Body = { query: JsonObject; branchId?: string; cache?: string; planOnly?: boolean };
type Options = { signal: AbortSignal; lookup?: FieldLookup | undefined; onJob?: (jobId: string | undefined) => void };

/** Runs a query to its end. Aborting hangs up, which stops the job while `run` waits; `onJob` names one that outlasts it. */
export async function run(body: Body, { signal, lookup, onJob }: Options): Promise<Answer> {
  const begun = performance.now();
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal };
  let lines = linesOf(await (await send("api/v1/query/run", init)).text());
  for (;;) {
    const ended = lines.find((line) => isOver(line));
    if (ended) return answerOf(ended, body, performance.now() - begun, lookup);
    const remaining = lines.find((line) => line.remaining_job_ids)?.remaining_job_ids ?? [];
    if (remaining.length === 0) throw new JobError(LOST, "INTERNAL");
    onJob?.(remaining[0]);
    const again = `api/v1/query/wait?jobIds=${encodeURIComponent(remaining.join(","))}`;
    lines = linesOf(await (await send(again, { signal })).text());
  }
}

/** Stops a query that goes on. */
export async function stop(jobId: string): Promise<void> {
  await send(`api/v1/running-queries/${encodeURIComponent(jobId)}`, { method: "DELETE" });
}

function isOver({ status }: Line): boolean {
  return status === "COMPLETE" || status === "ERROR" || status === "FAILED" || status === "PLANNED";
}

function answerOf(line: Line, body: Body, milliseconds: number, lookup: FieldLookup | undefined): Answer {
  if (line.status === "ERROR" || line.status === "FAILED") {
    throw new JobError(line.error_message ?? LOST, line.error_type ?? "UNKNOWN");
  }
  const summary: Summary = {
    fields: {},
    display_sql: "",
    omni_sql: "",
    cache_type: "UNKNOWN",
    stats: {},
    missing_fields: [],
    invalid_calculations: {},
    ...line.summary,
  };
  const pivots = (body.query.pivots ?? []) as string[];
  const { numeric_locale: locale, time_zone: zone } = summary.locale_options ?? {};
  const setting = { locale, now: wallClock(zone) };
  const asked = { fields: summary.fields, pivots, lookup, setting };
  const result = line.result ? decode(bytesOf(line.result), asked) : undefined;
  return {
    jobId: line.job_id ?? "",
    summary,
    cache: line.cache_metadata,
    query: line.query,
    result,
    milliseconds,
    at: Date.now(),
  };
}
