import { useEffect, useRef } from "react";

import type { Panel } from "./Toolbar";

type Actions = {
  save: () => void;
  check: () => void;
  toggle: (panel: Panel, on?: boolean) => void;
  /** Runs the query beside the editor; tells whether there is one. */
  run: () => boolean;
};

/** The keys of the page, wherever the focus is; those of the editor are its own. */
export function useKeys(actions: Actions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const done = act(event, latest.current);
      if (!done) return;
      event.preventDefault();
      event.stopPropagation();
    };
    // before the editor, for which some of them mean something else
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);
}

function act(event: KeyboardEvent, { save, check, toggle, run }: Actions): boolean {
  const mod = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (event.key === "F1") toggle("help", true);
  else if (document.querySelector("dialog[open]")) return mod && (key === "s" || key === "p");
  else if (mod && key === "s") save();
  else if (mod && key === "p") toggle("open", true);
  else if (mod && event.shiftKey && key === "enter") check();
  else if (mod && key === "enter") return run();
  else return false;
  return true;
}
