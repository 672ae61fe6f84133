/** The lines of `query/run` and `query/wait` (docs: reference/query-object). */
import type { JsonObject } from "../types";
import type { SummaryField } from "./decode";

export type Summary = {
  fields: Record<string, SummaryField>;
  display_sql: string;
  omni_sql: string;
  cache_type: string;
  stats: Record<string, number>;
  missing_fields: string[];
  invalid_calculations: Record<string, string>;
  /** Told where it is not en_US and UTC. */
  locale_options?: { numeric_locale?: string; time_zone?: string };
};

export type CacheMetadata = {
  num_rows: number;
  created_at: string;
  data_fresh_at: string;
  bytes: number;
  ttl: number;
};

export type Line = {
  job_id?: string;
  status?: string;
  summary?: Partial<Summary>;
  cache_metadata?: CacheMetadata;
  query?: JsonObject;
  result?: string;
  error_type?: string;
  error_message?: string;
  jobs_submitted?: Record<string, string | null>;
  remaining_job_ids?: string[];
  message?: string;
  reason?: string;
};

/** A job that ended without a result: its sentence and its kind, as `FORBIDDEN` or `PLAN`. */
export class JobError extends Error {
  constructor(
    message: string,
    readonly kind: string,
  ) {
    super(message);
    this.name = "JobError";
  }
}

export const LOST = "The answer broke off. Run the query again.";

/** Reads lines of JSON; one that is cut short means that the answer broke off. */
export function linesOf(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      let parsed: Line;
      try {
        parsed = JSON.parse(line) as Line;
      } catch {
        throw new JobError(LOST, "INTERNAL");
      }
      if (parsed.reason && parsed.message) throw new JobError(parsed.message, parsed.reason);
      return parsed;
    });
}

