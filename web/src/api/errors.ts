/**
 * A refusal of the server: its sentence, its stable word, and the request to look up in the log.
 * `isCredential` when the authentication layer spoke: there is no session, or it is over.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly code: string | undefined,
    readonly requestId: string | undefined,
    readonly retrySeconds: number | undefined,
    readonly isCredential = false,
  ) {
    super(detail);
    this.name = "ApiError";
  }
}

type Body = { detail?: unknown; code?: unknown; message?: unknown; error?: unknown };

/** Reads any of the server's envelopes into one error; a proxy's page becomes a sentence of our own. */
export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  let body: Body = {};
  try {
    body = JSON.parse(text) as Body;
  } catch {
    // not of our server: the status is all there is
  }
  const inner = typeof body.error === "object" && body.error !== null ? (body.error as Body) : {};
  const said = [body.detail, body.message, inner.message, body.error].find((each) => typeof each === "string");
  const retry = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiError(
    response.status,
    typeof said === "string" ? said : `The server answered ${response.status}.`,
    typeof body.code === "string" ? body.code : undefined,
    response.headers.get("x-request-id") ?? undefined,
    Number.isFinite(retry) ? retry : undefined,
    typeof inner.message === "string",
  );
}

/** Says in words what went wrong, whatever was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.detail.replace(/^Bad Request: (?:([a-z][A-Za-z]*): )?/, named);
  if (error instanceof TypeError) return "The server cannot be reached. Check the connection and try again.";
  return error instanceof Error ? error.message : String(error);
}

/** What the API calls `currentPassword`, a person calls current password. */
function named(_: string, field: string | undefined): string {
  if (!field) return "";
  const words = field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: `;
}
