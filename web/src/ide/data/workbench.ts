import { useCallback, useMemo, useReducer, useState } from "react";
import { useSearchParams } from "react-router";

import { text } from "~/text";
import { toast } from "~/ui/toast";
import { useSettled } from "~/ui/useSettled";
import { withDrafts } from "../code/draftNames";
import { applyEdit } from "../yaml/edits";
import { changed, draftsOf, type Draft } from "./drafts";
import { useDiff, useFiles, useLanguage, useMirrored, useNames, useProblems, type Model, type Problem, type Where } from "./queries";
import { sectionOf, type Mark } from "./tree";

export type Target = { file: string; line: number; column: number };

const NO_FILES: Readonly<Record<string, string>> = {};
const IDLE_MS = 500;
/** Files that every model may have; one that is not there yet is empty. */
export const ALWAYS_THERE: readonly string[] = ["model", "relationships"];

/** The state of the page: which model, branch and file; what is typed; what is wrong with it. */
export function useWorkbench(model: Model, may: ReadonlySet<string>) {
  const [params, setParams] = useSearchParams();
  const branches = model.branches ?? [];
  const branch = branches.find((each) => each.id === params.get("branch"));
  const where: Where = useMemo(() => ({ modelId: model.id, branchId: branch?.id }), [model.id, branch?.id]);
  const files = useFiles(where, true);
  const served = files.data;
  const texts = served?.files ?? NO_FILES;
  const mirrored = useMirrored(where, served?.viewNames);
  const saved = useNames(where, true);
  const language = useLanguage().data;
  const diff = useDiff(where);
  const [all, change] = useReducer(changed, {});
  const drafts = useMemo(() => draftsOf(all, where.branchId ?? ""), [all, where.branchId]);
  const file = params.get("file") ?? "";
  const [unlocked, setUnlocked] = useState<ReadonlySet<string>>(new Set());
  const [target, setTarget] = useState<Target>();
  const typed = useSettled(useTexts(drafts), IDLE_MS);
  const names = useMemo(() => withDrafts(saved, typed), [saved, typed]);
  const problems = useProblems(where, typed, served?.version ?? 0, served !== undefined);

  const canWrite = may.has("UPDATE");
  const isMirror = sectionOf(file, mirrored) === "schemas" && !(file in drafts) && !unlocked.has(file);

  const open = useCallback(
    (next: string, line?: number, column = 1) => {
      setParams((now) => {
        const after = new URLSearchParams(now);
        after.set("file", next);
        return after;
      });
      setTarget(line === undefined ? undefined : { file: next, line, column });
    },
    [setParams],
  );
  const goToBranch = useCallback(
    (id: string | undefined) =>
      setParams((now) => {
        const after = new URLSearchParams(now);
        if (id === undefined) after.delete("branch");
        else after.set("branch", id);
        return after;
      }),
    [setParams],
  );
  const type = useCallback(
    (name: string, said: string) => {
      if (served) change({ type: "typed", branch: where.branchId ?? "", file: name, text: said, served });
    },
    [served, where.branchId],
  );
  const textOf = (name: string): string | undefined => drafts[name]?.text ?? texts[name];

  function fix({ autoFix }: Problem) {
    const after: Record<string, string> = {};
    for (const edit of autoFix?.edits ?? []) {
      if (edit.action === "delete_file") return setDeleting(edit.file);
      const before = after[edit.file] ?? textOf(edit.file);
      const next = before === undefined ? undefined : applyEdit(before, edit);
      if (next === undefined) return toast(text.ide.fixGone, "bad");
      after[edit.file] = next;
    }
    for (const [name, said] of Object.entries(after)) {
      if (sectionOf(name, mirrored) === "schemas") setUnlocked((now) => new Set(now).add(name));
      type(name, said);
    }
    if (autoFix) toast(text.ide.fixed(autoFix.description_unique), "info");
  }
  const [deleting, setDeleting] = useState<string>();

  const marks = useMemo(() => {
    return new Map<string, Mark>((diff.data?.files ?? []).map((each) => [each.path, each.status]));
  }, [diff.data]);

  return {
    model,
    branch,
    branches,
    where,
    files,
    served,
    texts,
    mirrored,
    names,
    language,
    diff,
    marks,
    all,
    drafts,
    change,
    file,
    text: textOf(file) ?? (served && ALWAYS_THERE.includes(file) ? "" : undefined),
    canWrite,
    isMirror,
    isReadOnly: !canWrite || isMirror,
    unlock: (name: string) => setUnlocked((now) => new Set(now).add(name)),
    open,
    goToBranch,
    type,
    textOf,
    target,
    problems,
    fix,
    deleting,
    setDeleting,
  };
}

export type Workbench = ReturnType<typeof useWorkbench>;

/** Texts that are typed, as one object that is the same while they are. */
function useTexts(drafts: Readonly<Record<string, Draft>>): Readonly<Record<string, string>> {
  return useMemo(() => Object.fromEntries(Object.entries(drafts).map(([name, draft]) => [name, draft.text])), [drafts]);
}
