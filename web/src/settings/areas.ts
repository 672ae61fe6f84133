import type { ComponentType } from "react";

import { text } from "~/text";
import { KeysPage } from "./keys/KeysPage";

type Area = { path: string; label: string; Component: ComponentType };

const { groups, ...areas } = text.settings;

/** What the settings hold, in the order of the list. */
export const AREAS: readonly { label: string; areas: readonly Area[] }[] = [
  { label: groups.access, areas: [{ path: "keys", label: areas.keys.title, Component: KeysPage }] },
];
