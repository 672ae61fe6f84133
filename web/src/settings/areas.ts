import type { ComponentType } from "react";

import { text } from "~/text";
import { AttributesPage } from "./attributes/AttributesPage";
import { AuditPage } from "./audit/AuditPage";
import { EmbedPage } from "./embed/EmbedPage";
import { GroupsPage } from "./groups/GroupsPage";
import { KeysPage } from "./keys/KeysPage";
import { LimitsPage } from "./operation/LimitsPage";
import { RunningPage } from "./operation/RunningPage";
import { ConnectionsPage } from "./organization/ConnectionsPage";
import { OrganizationPage } from "./organization/OrganizationPage";
import { RolesPage } from "./roles/RolesPage";
import { ApplicationsPage } from "./sessions/ApplicationsPage";
import { SessionsPage } from "./sessions/SessionsPage";
import { UsersPage } from "./users/UsersPage";

type Area = { path: string; label: string; Component: ComponentType };

const words = text.settings;

/** What the settings hold, in the order of the list. */
export const AREAS: readonly { label: string; areas: readonly Area[] }[] = [
  {
    label: words.headings.access,
    areas: [
      { path: "keys", label: words.keys.title, Component: KeysPage },
      { path: "users", label: words.users.title, Component: UsersPage },
      { path: "groups", label: words.groups.title, Component: GroupsPage },
      { path: "attributes", label: words.attributes.title, Component: AttributesPage },
      { path: "roles", label: words.roles.title, Component: RolesPage },
    ],
  },
  {
    label: words.headings.organization,
    areas: [
      { path: "organization", label: words.organization.title, Component: OrganizationPage },
      { path: "connections", label: words.connections.title, Component: ConnectionsPage },
      { path: "embed", label: words.embed.title, Component: EmbedPage },
    ],
  },
  {
    label: words.headings.operation,
    areas: [
      { path: "sessions", label: words.sessions.title, Component: SessionsPage },
      { path: "applications", label: words.applications.title, Component: ApplicationsPage },
      { path: "running", label: words.running.title, Component: RunningPage },
      { path: "limits", label: words.limits.title, Component: LimitsPage },
      { path: "audit", label: words.audit.title, Component: AuditPage },
    ],
  },
];
