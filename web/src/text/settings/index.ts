import { attributes } from "./attributes";
import { frame } from "./frame";
import { keys } from "./keys";
import { applications, connections, embed, organization, sessions } from "./organization";
import { roles } from "./roles";
import { groups, invitations, users } from "./users";

/** Texts of the settings, one key a page. */
export const settings = {
  ...frame,
  applications,
  attributes,
  connections,
  embed,
  groups,
  invitations,
  keys,
  organization,
  roles,
  sessions,
  users,
};
