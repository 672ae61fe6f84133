import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef, type RefObject } from "react";

import { codeSetup, readOnlyCode, type CodeLanguage } from "~/ui/codeSetup";
import styles from "./Code.module.css";

type Props = {
  value: string;
  label: string;
  language?: CodeLanguage;
  onChange?: (value: string) => void;
  readOnly?: boolean;
  wrap?: boolean;
  autoFocus?: boolean;
  /** More of the editor (completion, lint, keys). Keep it the same object while it means the same. */
  extensions?: Extension;
  viewRef?: RefObject<EditorView | null>;
};

const NONE: Extension = [];

/** An editor of code that fills its parent; load what imports it lazily. Escape, then Tab leaves it. */
export default function Code(props: Props) {
  const { value, label, language = "plain", readOnly = false, wrap = false, extensions = NONE, viewRef } = props;
  const root = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const more = useRef(new Compartment());
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const told = EditorView.updateListener.of((update) => {
      if (update.docChanged && !update.transactions.some((each) => each.isUserEvent("set"))) {
        latest.current.onChange?.(update.state.doc.toString());
      }
    });
    const { value: doc, extensions: first = NONE, autoFocus } = latest.current;
    const state = EditorState.create({
      doc,
      extensions: [
        more.current.of(first),
        codeSetup(language, label),
        readOnly ? readOnlyCode : [],
        wrap ? EditorView.lineWrapping : [],
        told,
      ],
    });
    const made = new EditorView({ state, parent: root.current! });
    view.current = made;
    if (viewRef) viewRef.current = made;
    if (autoFocus) made.focus();
    return () => {
      made.destroy();
      if (viewRef) viewRef.current = null;
    };
  }, [language, label, readOnly, wrap, viewRef]);
  useEffect(() => {
    view.current?.dispatch({ effects: more.current.reconfigure(extensions) });
  }, [extensions]);
  useEffect(() => {
    const now = view.current;
    if (!now || now.state.doc.toString() === value) return;
    const whole = { from: 0, to: now.state.doc.length, insert: value };
    now.dispatch({ changes: whole, userEvent: "set" });
  }, [value]);
  return <div ref={root} className={styles.code} />;
}
