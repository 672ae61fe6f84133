import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { RouterProvider } from "react-router/dom";

import { router } from "~/app/router";
import { SignInAgain } from "~/app/SignInAgain";
import { followProfile } from "~/app/theme";
import { ApiError, api, BASE, data } from "~/api/client";
import { sentence } from "~/api/errors";
import { queryClient } from "~/api/queries";
import { began } from "~/api/session";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Busy } from "~/ui/Busy";
import { Notice } from "~/ui/Notice";
import { Toasts } from "~/ui/Toasts";

type State = { at: "asking" } | { at: "in" } | { at: "failed"; why: string };

/** Asks who is signed in before anything else shows; without a session the sign-in page follows. */
export function App() {
  const [state, setState] = useState<State>({ at: "asking" });
  useEffect(() => {
    let left = false;
    void ask().then((next) => {
      if (!left) setState(next);
    });
    return () => {
      left = true;
    };
  }, []);
  if (state.at === "asking") return <Busy label={text.shell.starting} page />;
  if (state.at === "failed") {
    return (
      <main className="startup">
        <Notice tone="bad">{state.why}</Notice>
        <Button onClick={() => window.location.reload()}>{text.common.tryAgain}</Button>
      </main>
    );
  }
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <SignInAgain />
      <Toasts />
    </QueryClientProvider>
  );
}

async function ask(): Promise<State> {
  try {
    began(await data(api.GET("/api/v1/session")));
    void data(api.GET("/api/v1/profile")).then(
      (profile) => followProfile(profile.appearance),
      () => undefined, // colours alone: the system's stay
    );
    return { at: "in" };
  } catch (error) {
    if (error instanceof ApiError && error.isCredential) {
      goToSignIn();
      return { at: "asking" };
    }
    return { at: "failed", why: sentence(error) };
  }
}

/** Leaves for the sign-in page, which comes back to this very address. */
export function goToSignIn(): void {
  const here = window.location.pathname.slice(BASE.pathname.length - 1) + window.location.search;
  const to = new URL("sign-in", BASE);
  to.searchParams.set("returnTo", here);
  window.location.replace(to);
}
