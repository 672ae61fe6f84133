import { useEffect, useRef } from "react";

export type Command = "run" | "runFresh" | "search" | "inspector" | "undo" | "redo" | "table" | "chart" | "sql" | "help";

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "code">;

export const COMMAND = typeof navigator !== "undefined" && /Mac|iP/.test(navigator.userAgent) ? "⌘" : "Ctrl";

export const SHORTCUTS: { name: Command | "copy" | "all"; keys: string[] }[] = [
  { name: "run", keys: ["Mod", "Enter"] },
  { name: "runFresh", keys: ["Mod", "Shift", "Enter"] },
  { name: "search", keys: ["/"] },
  { name: "undo", keys: ["Mod", "Z"] },
  { name: "redo", keys: ["Mod", "Shift", "Z"] },
  { name: "table", keys: ["Alt", "1"] },
  { name: "chart", keys: ["Alt", "2"] },
  { name: "sql", keys: ["Alt", "3"] },
  { name: "inspector", keys: ["Alt", "I"] },
  { name: "copy", keys: ["Mod", "C"] },
  { name: "all", keys: ["Mod", "A"] },
  { name: "help", keys: ["?"] },
];

/** What a key asks for; single letters ask for nothing while one types. */
export function commandOf(pressed: Pressed, isTyping: boolean): Command | undefined {
  const mod = pressed.ctrlKey || pressed.metaKey;
  if (mod && pressed.key === "Enter") return pressed.shiftKey ? "runFresh" : "run";
  if (pressed.altKey && !mod) {
    const alt: Record<string, Command> = { Digit1: "table", Digit2: "chart", Digit3: "sql", KeyI: "inspector" };
    return alt[pressed.code];
  }
  if (isTyping) return undefined;
  if (mod && pressed.key.toLowerCase() === "z") return pressed.shiftKey ? "redo" : "undo";
  if (mod && pressed.key.toLowerCase() === "y") return "redo";
  if (mod) return undefined;
  return pressed.key === "/" ? "search" : pressed.key === "?" ? "help" : undefined;
}

/** Listens for the workbook's keys, wherever the focus is; a dialog that is open keeps them. */
export function useShortcuts(run: (command: Command) => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || document.querySelector("dialog[open]")) return;
      const target = event.target as HTMLElement;
      const isTyping = target.matches("input:not([type=checkbox]), textarea, select, [contenteditable=true]");
      const command = commandOf(event, isTyping);
      if (!command) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current(command);
    };
    // Before an editor of code takes the key for a new line.
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, []);
}
