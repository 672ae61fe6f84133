import { text } from "~/text";

const names: Record<string, string> = text.settings.roles.names;
const permissions: Record<string, string> = text.settings.roles.permissions;

/** What people call a role: built-in ones have a name in words, custom ones the name they were given. */
export const roleName = (role: string): string => names[role] ?? role;

/** What people call a permission; one that this page does not know yet keeps the name it has in the API. */
export const permissionName = (permission: string): string => permissions[permission] ?? permission;

/** A capability as plain text: the server marks names of the API in it. */
export function plain(capability: string): string {
  const bare = capability.replaceAll("`", "").replace(" (told by whoami)", "");
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}
