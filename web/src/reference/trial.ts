import { BASE } from "~/api/client";
import type { Operation } from "./openapi";
import { isOpen, mediaType, pathOf, type Call } from "./snippets";

export type Answer = {
  status: number;
  reason: string;
  seconds: number;
  type: string;
  requestId: string | undefined;
  bytes: number;
  /** The answer as text, cut where it is long; nothing for what is no text. */
  text: string | undefined;
  cut: boolean;
};

const MOST = 60_000;
const TEXT = /json|text|csv|xml|yaml/;

/** Sends the call as a program would: with the key alone, without the cookies of this session. */
export async function attempt(operation: Operation, call: Call, key: string, signal: AbortSignal): Promise<Answer> {
  const headers = new Headers();
  if (!isOpen(operation)) headers.set("Authorization", `Bearer ${key.trim()}`);
  const init: RequestInit = { method: operation.method.toUpperCase(), headers, credentials: "omit", signal };
  if (call.body !== undefined) {
    headers.set("Content-Type", mediaType(operation));
    init.body = call.body;
  }
  const began = performance.now();
  const response = await fetch(new URL(pathOf(operation, call).slice(1), BASE), init);
  const bytes = await response.arrayBuffer();
  const type = response.headers.get("content-type") ?? "";
  const whole = TEXT.test(type) ? pretty(new TextDecoder().decode(bytes), type) : undefined;
  return {
    status: response.status,
    reason: response.statusText,
    seconds: (performance.now() - began) / 1000,
    type,
    requestId: response.headers.get("x-request-id") ?? undefined,
    bytes: bytes.byteLength,
    text: whole?.slice(0, MOST),
    cut: (whole?.length ?? 0) > MOST,
  };
}

function pretty(text: string, type: string): string {
  if (!/json/.test(type) || /ndjson/.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
