import createClient, { type Middleware } from "openapi-fetch";

import { ApiError, errorOf } from "~/api/errors";
import type { paths } from "~/api/schema";
import { csrfToken, sessionEnded } from "~/api/session";

/** The address below which everything of this server lies, with a slash at its end; a sub-path is kept. */
export const BASE = new URL("./", document.baseURI);

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

const guard: Middleware = {
  async onRequest({ request }) {
    if (!SAFE.has(request.method)) request.headers.set("X-CSRF-Token", csrfToken());
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return;
    const error = await errorOf(response);
    if (error.isCredential) sessionEnded();
    throw error;
  },
};

/** The typed client of our own API. Every call throws `ApiError` unless the answer is a success. */
export const api = createClient<paths>({ baseUrl: BASE.href.replace(/\/$/, ""), credentials: "same-origin" });
api.use(guard);

/** Unwraps an answer whose errors have been thrown already. */
export async function data<T>(answer: Promise<{ data?: T; error?: unknown }>): Promise<T> {
  const { data: body } = await answer;
  return body as T;
}

/** Sends a request that the typed client cannot (streams, files); errors and tokens are treated alike. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!SAFE.has(init.method ?? "GET")) headers.set("X-CSRF-Token", csrfToken());
  const response = await fetch(new URL(path.replace(/^\//, ""), BASE), {
    ...init,
    headers,
    credentials: "same-origin",
  });
  if (response.ok) return response;
  const error = await errorOf(response);
  if (error.isCredential) sessionEnded();
  throw error;
}

export { ApiError };
