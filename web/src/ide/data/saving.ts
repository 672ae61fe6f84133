import { useState } from "react";

import { ApiError } from "~/api/client";
import { sentence } from "~/api/errors";
import { text } from "~/text";
import { toast } from "~/ui/toast";
import { readFiles, written, type Where } from "./queries";
import type { Workbench } from "./workbench";
import { saveFile } from "./writes";

/** A file that somebody else saved meanwhile: theirs (none when they deleted it), mine, and what mine must be saved upon. */
export type Conflict = { where: Where; file: string; theirs: string | undefined; mine: string; checksum: string | undefined };

/** Saves the open file; a file that others changed since is put to the person, not written over. */
export function useSaving(bench: Workbench) {
  const [busy, setBusy] = useState(false);
  const [conflict, setConflict] = useState<Conflict>();

  async function write(where: Where, file: string, sent: string, checksum: string | undefined) {
    const answer = await saveFile(where, file, sent, checksum);
    const after = answer.files[file] ?? "";
    bench.change({ type: "saved", branch: where.branchId ?? "", file, sent, text: after, checksum: answer.checksums?.[file] });
    await written(where);
    toast(after === sent ? text.ide.saved(file) : text.ide.savedAsWritten(file));
  }

  async function save() {
    const { file, where, drafts } = bench;
    const draft = drafts[file];
    if (!draft || busy || bench.isReadOnly) return;
    setBusy(true);
    try {
      if (draft.base === undefined && (await find(where, file)) !== undefined) throw new ApiError(409, "", "file_changed", undefined, undefined);
      await write(where, file, draft.text, draft.checksum);
    } catch (error) {
      if (error instanceof ApiError && error.code === "file_changed") await put(where, file, draft.text);
      else toast(sentence(error), "bad");
    } finally {
      setBusy(false);
    }
  }

  async function put(where: Where, file: string, mine: string) {
    const theirs = await find(where, file);
    setConflict({ where, file, theirs: theirs?.text, mine, checksum: theirs?.checksum });
  }

  /** Saves what was settled on, upon theirs; when they saved once more, their new text is put. */
  async function settle(settled: Conflict, mine: string) {
    try {
      await write(settled.where, settled.file, mine, settled.checksum);
      bench.change({ type: "dropped", branch: settled.where.branchId ?? "", file: settled.file });
      setConflict(undefined);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "file_changed")) throw error;
      await put(settled.where, settled.file, mine);
    }
  }

  /** Goes on with theirs; what was typed is given up. */
  async function takeTheirs({ where, file }: Conflict) {
    await written(where);
    bench.change({ type: "dropped", branch: where.branchId ?? "", file });
    setConflict(undefined);
  }

  return { busy, save, conflict, settle, takeTheirs, close: () => setConflict(undefined) };
}

export type Saving = ReturnType<typeof useSaving>;

async function find(where: Where, file: string) {
  const exact = `^${file.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
  const answer = await readFiles(where, exact);
  const found = answer.files[file];
  return found === undefined ? undefined : { text: found, checksum: answer.checksums?.[file] };
}
