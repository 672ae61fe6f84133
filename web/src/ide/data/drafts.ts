/**
 * Texts that were typed and are not saved, by branch and file. `base` and `checksum` are the file as it was when
 * typing began: saving names them, so that nobody else's change is written over. A new file has neither.
 */
export type Draft = { text: string; base: string | undefined; checksum: string | undefined };
export type Drafts = Readonly<Record<string, Draft>>;

export type Served = { files: Readonly<Record<string, string>>; checksums?: Readonly<Record<string, string>> | null };

const SEPARATOR = "\n";

export type Change =
  | { type: "typed"; branch: string; file: string; text: string; served: Served }
  | { type: "saved"; branch: string; file: string; sent: string; text: string; checksum: string | undefined }
  | { type: "rebased"; branch: string; file: string; text: string; base: string; checksum: string | undefined }
  | { type: "dropped"; branch: string; file: string }
  | { type: "branchDropped"; branch: string };

export const keyOf = (branch: string, file: string): string => branch + SEPARATOR + file;

/** What a change makes of the drafts; a text that is the served one again is no draft. */
export function changed(drafts: Drafts, change: Change): Drafts {
  if (change.type === "branchDropped") {
    const kept = Object.entries(drafts).filter(([key]) => !key.startsWith(change.branch + SEPARATOR));
    return Object.fromEntries(kept);
  }
  const key = keyOf(change.branch, change.file);
  const { [key]: before, ...others } = drafts;
  if (change.type === "dropped") return others;
  if (change.type === "rebased") {
    const { text, base, checksum } = change;
    return { ...others, [key]: { text, base, checksum } };
  }
  if (change.type === "saved") {
    if (!before || before.text === change.sent) return others;
    return { ...others, [key]: { text: before.text, base: change.text, checksum: change.checksum } };
  }
  const base = before ? before.base : change.served.files[change.file];
  if (change.text === base) return others;
  const checksum = before ? before.checksum : change.served.checksums?.[change.file];
  return { ...others, [key]: { text: change.text, base, checksum } };
}

/** The drafts of one branch by file. */
export function draftsOf(drafts: Drafts, branch: string): Record<string, Draft> {
  const found: Record<string, Draft> = {};
  for (const [key, draft] of Object.entries(drafts)) {
    if (key.startsWith(branch + SEPARATOR)) found[key.slice(branch.length + 1)] = draft;
  }
  return found;
}
