import { useState } from "react";

import { BASE } from "~/api/client";
import type { Call } from "./snippets";

export type SetCall = (change: Partial<Call>) => void;

/** What the reader filled in; it lives as long as the page of the operation. */
export function useCall(body: string | undefined): { call: Call; set: SetCall } {
  const base = BASE.href.replace(/\/$/, "");
  const [call, setCall] = useState<Call>({ base, path: {}, query: {}, body });
  return { call, set: (change) => setCall((now) => ({ ...now, ...change })) };
}
