import { useSyncExternalStore } from "react";

import type { components } from "~/api/schema";

export type Session = components["schemas"]["CurrentSession"];

type State = { session: Session | undefined; ended: boolean };

let state: State = { session: undefined, ended: false };
const listeners = new Set<() => void>();

function set(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Who is signed in is kept in memory alone: the cookie is the browser's, the token dies with the page. */
export function began(session: Session): void {
  set({ session, ended: false });
}

/** The server says that the session is over: a dialog asks to sign in again, and nothing typed is lost. */
export function sessionEnded(): void {
  if (state.session && !state.ended) set({ ...state, ended: true });
}

export const csrfToken = (): string => state.session?.csrfToken ?? "";

export function useSession(): Session {
  const { session } = useSyncExternalStore(subscribe, () => state);
  if (!session) throw new Error("no session");
  return session;
}

export const useSessionEnded = (): boolean => useSyncExternalStore(subscribe, () => state.ended);
export const useIsAdmin = (): boolean => useSession().user.orgRole === "ORG_ADMIN";

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
