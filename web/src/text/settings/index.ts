import { frame } from "./frame";
import { keys } from "./keys";

export const settings = { ...frame, keys };
