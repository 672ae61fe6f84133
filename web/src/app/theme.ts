import { useSyncExternalStore } from "react";

export type Appearance = "light" | "dark" | "system";

const KEY = "holoscope.appearance";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

/** What was chosen in this browser; the system's choice where nothing was. */
export function appearance(): Appearance {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** Tells whether dark colours show now. */
export function isDark(): boolean {
  const chosen = appearance();
  return chosen === "dark" || (chosen === "system" && dark.matches);
}

export function chooseAppearance(chosen: Appearance): void {
  if (chosen === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, chosen);
  applyTheme();
}

/** Takes over what was chosen in the profile, unless another was chosen in this browser. */
export function followProfile(chosen: Appearance): void {
  if (appearance() === "system" && chosen !== "system") chooseAppearance(chosen);
}

/** Puts the colours on the document; charts and editors follow through `useIsDark`. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  for (const listener of listeners) listener();
}

dark.addEventListener("change", applyTheme);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark);
export const useAppearance = (): Appearance => useSyncExternalStore(subscribe, appearance);
