import { createBrowserRouter, type RouteObject } from "react-router";

import { BASE } from "~/api/client";
import { RouteError } from "~/app/RouteError";
import { Shell } from "~/app/Shell";
import { Busy } from "~/ui/Busy";
import { text } from "~/text";

/** Every area is a chunk of its own, loaded when its address is first visited. */
const routes: RouteObject[] = [
  {
    path: "/",
    Component: Shell,
    ErrorBoundary: RouteError,
    HydrateFallback: () => <Busy label={text.shell.starting} page />,
    children: [
      { index: true, lazy: () => import("~/home/HomePage") },
      { path: "explore", lazy: () => import("~/explore/ExploreStart") },
      { path: "explore/:modelId/:topic?", lazy: () => import("~/explore/ExplorePage") },
      { path: "models", lazy: () => import("~/ide/ModelsPage") },
      { path: "models/:modelId/ide", lazy: () => import("~/ide/IdePage") },
      { path: "settings/*", lazy: () => import("~/settings/SettingsPage") },
      { path: "profile/*", lazy: () => import("~/profile/ProfilePage") },
      { path: "api-reference/*", lazy: () => import("~/reference/ReferencePage") },
      { path: "*", lazy: () => import("~/app/NotFound") },
    ],
  },
];

export const router = createBrowserRouter(routes, { basename: BASE.pathname.replace(/\/$/, "") || "/" });
