import { useSyncExternalStore } from "react";

export type Toast = {
  id: number;
  tone: "info" | "good" | "bad";
  text: string;
  action?: { label: string; run: () => void } | undefined;
};

let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(now: readonly Toast[]): void {
  toasts = now;
  for (const listener of listeners) listener();
}

/** Says what just happened and what to do next; failures stay until they are closed. */
export function toast(text: string, tone: Toast["tone"] = "good", action?: Toast["action"]): void {
  const id = next++;
  set([...toasts.slice(-3), { id, tone, text, action }]);
  if (tone !== "bad") setTimeout(() => dismiss(id), action ? 10_000 : 5_000);
}

export function dismiss(id: number): void {
  set(toasts.filter((each) => each.id !== id));
}

export const useToasts = (): readonly Toast[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
