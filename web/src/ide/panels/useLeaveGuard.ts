import { useEffect } from "react";
import { useBlocker } from "react-router";

import type { Workbench } from "../data/workbench";

/** Asks before what is typed would be lost: on other pages of the application, and when the tab closes. */
export function useLeaveGuard(bench: Workbench) {
  const isDirty = Object.keys(bench.all).length > 0;
  const blocker = useBlocker(({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (!isDirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isDirty]);
  if (blocker.state !== "blocked") return undefined;
  return {
    go: () => {
      blocker.proceed();
      return Promise.resolve();
    },
    stay: () => {
      if (blocker.state === "blocked") blocker.reset();
    },
  };
}
