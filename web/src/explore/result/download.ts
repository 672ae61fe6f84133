/** The result as a file: the server makes it of the same query. */
import { send } from "~/api/client";
import type { Body } from "./run";

export type FileKind = "csv" | "xlsx" | "json";

/** Fetches a file and hands it to the browser. Gives whether rows were cut off. */
export async function download(body: Body, kind: FileKind, name: string, formatted: boolean): Promise<boolean> {
  const response = await send("api/v1/query/run", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...body, resultType: kind, ...(formatted ? { formatResults: true } : {}) }),
  });
  hand(await response.blob(), fileName(name, kind));
  return response.headers.get("x-holoscope-truncated") === "true";
}

/** Gives a file to the reader. */
export function hand(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A name that every system takes: `Order Items 2026-07-01.csv`. */
export function fileName(name: string, kind: string, day = new Date()): string {
  const plain = name.replace(/[^\p{L}\p{N} ._-]+/gu, " ").replace(/^[ .]+/, "").trim().slice(0, 80) || "result";
  return `${plain} ${day.toISOString().slice(0, 10)}.${kind}`;
}
