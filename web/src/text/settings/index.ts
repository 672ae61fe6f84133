import { attributes } from "./attributes";
import { frame } from "./frame";
import { keys } from "./keys";
import { applications, connections, embed, organization, sessions } from "./organization";
import { roles } from "./roles";

export const settings = { ...frame, applications, attributes, connections, embed, keys, organization, roles, sessions };
