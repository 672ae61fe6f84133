// Calls the published embed client: JSON lines of {call, props} in, one JSON answer on each line out.
import * as embed from "@omni-co/embed";
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const { call, props } = JSON.parse(line);
  try {
    console.log(JSON.stringify(await embed[call](props)));
  } catch (error) {
    console.log(JSON.stringify({ thrown: String(error) }));
  }
}
