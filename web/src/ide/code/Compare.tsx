import { yaml } from "@codemirror/lang-yaml";
import { history, defaultKeymap, historyKeymap } from "@codemirror/commands";
import { MergeView } from "@codemirror/merge";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, type RefObject } from "react";

import { text } from "~/text";
import { codeTheme, readOnlyCode } from "~/ui/codeSetup";
import styles from "./Compare.module.css";

type Props = {
  left: string;
  right: string;
  leftLabel: string;
  rightLabel: string;
  isEditable?: boolean;
  viewRef?: RefObject<MergeView | null>;
};

const looks = EditorView.theme({
  "&": { height: "auto" },
  "&.cm-merge-a .cm-changedLine": { backgroundColor: "var(--bad-soft)" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--good-soft)" },
  "&.cm-merge-a .cm-changedText": { background: "none", borderBottom: "2px solid var(--bad)" },
  "&.cm-merge-b .cm-changedText": { background: "none", borderBottom: "2px solid var(--good)" },
  "&.cm-merge-a .cm-changedLineGutter": { background: "var(--bad)" },
  "&.cm-merge-b .cm-changedLineGutter": { background: "var(--good)" },
  ".cm-collapsedLines": { background: "var(--surface-sunken)", color: "var(--text-soft)", fontFamily: "var(--font)" },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: '"" !important' },
});

/** Two texts side by side, what differs marked; the right one may be written in and may take parts of the left. */
export function Compare({ left, right, leftLabel, rightLabel, isEditable = false, viewRef }: Props) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const common = (label: string) => [
      codeTheme,
      looks,
      yaml(),
      lineNumbers(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label }),
    ];
    const writing = [history(), keymap.of([...historyKeymap, ...defaultKeymap])];
    const view = new MergeView({
      a: { doc: left, extensions: [common(leftLabel), readOnlyCode] },
      b: { doc: right, extensions: [common(rightLabel), isEditable ? writing : readOnlyCode] },
      parent: root.current!,
      gutter: true,
      collapseUnchanged: { margin: 4, minSize: 12 },
      ...(isEditable ? { revertControls: "a-to-b" as const, renderRevertControl: control } : {}),
    });
    if (viewRef) viewRef.current = view;
    return () => {
      view.destroy();
      if (viewRef) viewRef.current = null;
    };
  }, [left, right, leftLabel, rightLabel, isEditable, viewRef]);
  return (
    <div className={styles.compare}>
      <div className={styles.heads}>
        <strong>{leftLabel}</strong>
        <strong>{rightLabel}</strong>
      </div>
      <div ref={root} className={styles.texts} tabIndex={0} role="region" aria-label={`${leftLabel} | ${rightLabel}`} />
    </div>
  );
}

function control(): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "→";
  button.title = text.ide.takePart;
  button.setAttribute("aria-label", text.ide.takePart);
  button.className = styles.take ?? "";
  return button;
}
