import type { ComponentType } from "react";

import { text } from "~/text";
import { AttributesPage } from "./attributes/AttributesPage";
import { EmbedPage } from "./embed/EmbedPage";
import { KeysPage } from "./keys/KeysPage";
import { ConnectionsPage } from "./organization/ConnectionsPage";
import { OrganizationPage } from "./organization/OrganizationPage";
import { RolesPage } from "./roles/RolesPage";
import { ApplicationsPage } from "./sessions/ApplicationsPage";
import { SessionsPage } from "./sessions/SessionsPage";

type Area = { path: string; label: string; Component: ComponentType };

const words = text.settings;

/** What the settings hold, in the order of the list. */
export const AREAS: readonly { label: string; areas: readonly Area[] }[] = [
  {
    label: words.groups.access,
    areas: [
      { path: "keys", label: words.keys.title, Component: KeysPage },
      { path: "attributes", label: words.attributes.title, Component: AttributesPage },
      { path: "roles", label: words.roles.title, Component: RolesPage },
    ],
  },
  {
    label: words.groups.organization,
    areas: [
      { path: "organization", label: words.organization.title, Component: OrganizationPage },
      { path: "connections", label: words.connections.title, Component: ConnectionsPage },
      { path: "embed", label: words.embed.title, Component: EmbedPage },
    ],
  },
  {
    label: words.groups.operation,
    areas: [
      { path: "sessions", label: words.sessions.title, Component: SessionsPage },
      { path: "applications", label: words.applications.title, Component: ApplicationsPage },
    ],
  },
];
