import { forceLinting, setDiagnostics } from "@codemirror/lint";
import { foldAll, unfoldAll } from "@codemirror/language";
import { openSearchPanel } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useMemo, useRef, type Ref, useImperativeHandle } from "react";

import { codeSetup, codeTheme, readOnlyCode } from "~/ui/codeSetup";
import type { Problem } from "../data/queries";
import type { Known } from "./complete";
import { marksOf, modelLanguage, modelTheme, problemMarks } from "./extensions";
import type { Definition } from "./names";
import { replacements, startOfLine } from "./spans";
import styles from "./Editor.module.css";

export type EditorHandle = {
  go: (line: number, column: number) => void;
  find: () => void;
  foldAll: () => void;
  unfoldAll: () => void;
  focus: () => void;
};

type Props = {
  /** Which text this is: its history and cursor are kept while others are looked at. */
  id: string;
  text: string;
  label: string;
  readOnly: boolean;
  known: Known;
  problems: readonly Problem[];
  onText: (text: string) => void;
  onFix: (problem: Problem) => void;
  onDefinition: (found: Definition) => void;
  ref?: Ref<EditorHandle>;
};

/** The editor of model files: one view, one state for each file. */
export function Editor(props: Props) {
  const { id, text, readOnly, problems, ref } = props;
  const root = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const states = useRef(new Map<string, EditorState>());
  const shown = useRef<string>(undefined);
  const lock = useMemo(() => new Compartment(), []);
  const extensions = useMemo(() => extensionsOf(latest, lock), [lock]);

  useEffect(() => {
    // the first state carries the nonce, without which the browser refuses the editor's styles
    const made = new EditorView({ parent: root.current!, extensions: codeTheme });
    view.current = made;
    return () => {
      made.destroy();
      shown.current = undefined;
    };
  }, []);

  useEffect(() => {
    const now = view.current!;
    if (shown.current !== id) {
      if (shown.current !== undefined) states.current.set(shown.current, now.state);
      now.setState(states.current.get(id) ?? EditorState.create({ doc: text, extensions: extensions(latest.current.label) }));
      shown.current = id;
    }
    const typed = now.state.doc.toString();
    if (typed !== text) now.dispatch({ changes: replacements(typed, text), userEvent: "set" });
    now.dispatch({ effects: lock.reconfigure(readOnly ? readOnlyCode : []) });
  }, [id, text, readOnly, extensions, lock]);

  useEffect(() => {
    const now = view.current!;
    now.dispatch(setDiagnostics(now.state, marksOf(now.state, problems, (each) => latest.current.onFix(each))));
    forceLinting(now);
  }, [id, problems, readOnly]);

  useImperativeHandle(ref, () => handleOf(view), []);
  return <div ref={root} className={styles.editor} />;
}

function extensionsOf(latest: { current: Props }, lock: Compartment): (label: string) => Extension {
  const told = EditorView.updateListener.of((update) => {
    if (update.docChanged && !update.transactions.some((each) => each.isUserEvent("set"))) {
      latest.current.onText(update.state.doc.toString());
    }
  });
  const around = () => latest.current;
  return (label) => [
    lock.of([]),
    modelLanguage(around),
    problemMarks,
    modelTheme,
    codeSetup("yaml", label),
    told,
  ];
}

function handleOf(view: { current: EditorView | undefined }): EditorHandle {
  const with_ = (run: (now: EditorView) => void) => () => {
    if (view.current) run(view.current);
  };
  return {
    go: (line, column) => {
      const now = view.current;
      if (!now) return;
      const anchor = Math.min(startOfLine(now.state.doc.toString(), line) + column - 1, now.state.doc.length);
      now.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      now.focus();
    },
    find: with_(openSearchPanel),
    foldAll: with_(foldAll),
    unfoldAll: with_(unfoldAll),
    focus: with_((now) => now.focus()),
  };
}
