import {
  autocompletion,
  insertCompletionText,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { lintGutter, linter, type Action, type Diagnostic } from "@codemirror/lint";
import { Prec, type EditorState, type Extension } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap } from "@codemirror/view";

import { text as words } from "~/text";
import { loadLanguage, type Problem } from "../data/queries";
import { placeAt } from "../yaml/place";
import { offerAt, type Known, type Option } from "./complete";
import { explain } from "./explain";
import type { Definition } from "./names";
import { definitionOf } from "./references";
import { spanAt } from "./spans";

/** What the editor asks of the page around it; read anew each time. */
export type Around = () => { known: Known; onDefinition: (found: Definition) => void };

/** Completion, hover and "go to definition" of model files. */
export function modelLanguage(around: Around): Extension {
  const offered = (context: CompletionContext, known: Known): CompletionResult | null => {
    const { state, pos, explicit } = context;
    const offer = offerAt(state.doc.toString(), pos, known);
    if (!offer || (!explicit && offer.from === pos && !/[{.[,\s]/.test(state.sliceDoc(pos - 1, pos)))) return null;
    return { from: offer.from, options: offer.options.map(completionOf), validFor: /^[\w.]*$/ };
  };
  const complete = (context: CompletionContext) => {
    const { known } = around();
    if (known.language) return offered(context, known);
    return loadLanguage().then(
      (language) => offered(context, { ...known, language }),
      () => offered(context, known),
    );
  };
  return [
    autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
    hoverTooltip((view, pos) => {
      const found = explain(view.state.doc.toString(), pos, around().known);
      if (!found) return null;
      return { pos: found.from, end: found.to, create: () => ({ dom: card(found.title, found.detail, found.body, found.place) }) };
    }),
    Prec.high(keymap.of([{ key: "F12", run: (view) => goToDefinition(view, view.state.selection.main.head, around) }])),
    EditorView.domEventHandlers({
      mousedown: (event, view) => {
        if (!(event.ctrlKey || event.metaKey) || event.button !== 0) return false;
        const pos = view.posAtCoords({ x: event.clientX, y: event.clientY });
        return pos !== null && goToDefinition(view, pos, around);
      },
    }),
  ];
}

/** An option as the editor takes it; one that closes `}` goes over the one that stands there. */
function completionOf({ label, apply, detail, info, boost }: Option): Completion {
  return {
    label,
    detail,
    boost,
    ...(info ? { info: () => paragraph(info) } : {}),
    apply: (view, _, from, to) => {
      const end = apply.endsWith("}") && view.state.sliceDoc(to, to + 1) === "}" ? to + 1 : to;
      view.dispatch(insertCompletionText(view.state, apply, from, end));
      if (/[.:\s]$/.test(apply)) startCompletion(view);
    },
  };
}

function paragraph(said: string): HTMLElement {
  const dom = document.createElement("p");
  dom.textContent = said;
  return dom;
}

export function goToDefinition(view: EditorView, pos: number, around: Around): boolean {
  const { known, onDefinition } = around();
  const text = view.state.doc.toString();
  const found = definitionOf(text, pos, placeAt(text, pos), known.file, known.kind, known.names);
  if (!found) return false;
  onDefinition(found.definition);
  return true;
}

/** Findings beside the lines they are about. */
export const problemMarks: Extension = [linter(null, { delay: 0 }), lintGutter()];

/** Findings of one file as the editor shows them; a fix is a button. */
export function marksOf(state: EditorState, problems: readonly Problem[], onFix: (problem: Problem) => void): Diagnostic[] {
  const text = state.doc.toString();
  const tree = syntaxTree(state);
  return problems.map((each) => {
    const { autoFix } = each;
    const actions: Action[] = autoFix && !state.readOnly ? [{ name: autoFix.description_short, apply: () => onFix(each) }] : [];
    const message = each.hint ? `${each.message} ${each.hint}` : each.message;
    return { ...spanAt(text, tree, each.line, each.column), severity: each.severity, message, actions };
  });
}

function card(title: string, detail: string, body: string, place: string): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "cm-explanation";
  const add = (tag: string, said: string, name: string) => {
    if (!said) return;
    const part = document.createElement(tag);
    part.className = name;
    part.textContent = said;
    dom.append(part);
  };
  add("strong", title, "cm-explanation-title");
  add("span", detail, "cm-explanation-detail");
  add("p", body, "cm-explanation-body");
  add("p", place && words.ide.definedIn(place), "cm-explanation-detail");
  return dom;
}

/** Looks of what this area adds to the editor. */
export const modelTheme: Extension = EditorView.theme({
  ".cm-explanation": { padding: "8px 12px", maxWidth: "420px", font: "13px/1.45 var(--font)" },
  ".cm-explanation-title": { fontFamily: "var(--font-mono)", marginRight: "8px" },
  ".cm-explanation-detail": { color: "var(--text-soft)", fontSize: "12px" },
  ".cm-explanation-body": { whiteSpace: "pre-line", margin: "4px 0 0" },
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "var(--font)" },
  ".cm-diagnosticAction": {
    backgroundColor: "var(--accent)",
    color: "var(--text-on-accent)",
    borderRadius: "4px",
    padding: "2px 8px",
  },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
});
