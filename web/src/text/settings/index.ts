import { attributes } from "./attributes";
import { audit } from "./audit";
import { frame } from "./frame";
import { keys } from "./keys";
import { limits, running } from "./operation";
import { applications, connections, embed, organization, sessions } from "./organization";
import { roles } from "./roles";
import { groups, invitations, users } from "./users";

/** Texts of the settings, one key a page. */
export const settings = {
  ...frame,
  applications,
  attributes,
  audit,
  connections,
  embed,
  groups,
  invitations,
  keys,
  limits,
  organization,
  roles,
  running,
  sessions,
  users,
};
