import { chart } from "./chart";
import { common } from "./common";
import { explore } from "./explore";
import { home } from "./home";
import { ide } from "./ide";
import { profile } from "./profile";
import { reference } from "./reference";
import { settings } from "./settings";
import { shell } from "./shell";

/** Every English word that the application shows, one file an area. */
export const text = { chart, common, explore, home, ide, profile, reference, settings, shell };
