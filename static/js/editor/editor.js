// The program's editor: CodeMirror from static/vendor, or the textarea where it cannot be loaded.
import { completions } from "./completion.js";
import { plainEditor } from "./plain.js";
import { look } from "./appearance.js";
import { offsetsOf, placeOf } from "./spans.js";
import { say } from "../page/words.js";

const BUNDLE = "../../vendor/codemirror-6.43.15.js";

/**
 * Puts an editor in the place of the textarea.
 * handlers: onChange(text, why), onCursor(place), onHover(place or null), onRun(), onLiteral(offset).
 */
export async function createEditor(area, handlers) {
  let kit;
  try {
    kit = await import(BUNDLE);
  } catch {
    return plainEditor(area, handlers);
  }
  return richEditor(kit, area, handlers);
}

function richEditor(kit, area, handlers) {
  const { EditorView, EditorState, StateEffect, StateField, Decoration, keymap } = kit;
  const setLit = StateEffect.define();
  const lit = StateField.define({
    create: () => Decoration.none,
    update(marks, transaction) {
      marks = marks.map(transaction.changes);
      for (const effect of transaction.effects) if (effect.is(setLit)) marks = effect.value;
      return marks;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
  let why = "type";
  const text = () => view.state.doc.toString();
  const placeAt = (event) => {
    const offset = view.posAtCoords({ x: event.clientX, y: event.clientY });
    return offset === null ? null : placeOf(text(), offset);
  };
  const run = () => {
    handlers.onRun();
    return true;
  };
  const view = new EditorView({
    doc: area.value,
    extensions: [
      kit.lineNumbers(), kit.highlightSpecialChars(), kit.history(), kit.drawSelection(), kit.bracketMatching(),
      kit.closeBrackets(), kit.highlightActiveLine(), kit.highlightActiveLineGutter(), kit.search({ top: true }),
      kit.highlightSelectionMatches(), kit.python(), kit.indentUnit.of("    "), kit.lintGutter(), lit,
      EditorState.tabSize.of(4), look(kit),
      kit.autocompletion({ override: [completions(kit)], icons: false }),
      kit.Prec.highest(keymap.of([{ key: "Mod-Enter", run }, { key: "Shift-Enter", run }])),
      keymap.of([
        ...kit.closeBracketsKeymap, ...kit.completionKeymap, ...kit.defaultKeymap, ...kit.searchKeymap,
        ...kit.historyKeymap, ...kit.lintKeymap, { key: "Tab", run: kit.indentMore, shift: kit.indentLess },
      ]),
      EditorView.contentAttributes.of({ "aria-label": say("editor.label"), "data-gramm": "false", tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) {
          area.value = text();
          handlers.onChange(area.value, why);
        }
        if (update.selectionSet || update.docChanged) {
          handlers.onCursor(placeOf(text(), update.state.selection.main.head));
        }
      }),
      EditorView.domEventHandlers({
        mousemove: (event) => handlers.onHover(placeAt(event)),
        mouseleave: () => handlers.onHover(null),
        mousedown: (event) => {
          if (!event.altKey) return false;
          const offset = view.posAtCoords({ x: event.clientX, y: event.clientY });
          return offset !== null && handlers.onLiteral(offset);
        },
      }),
    ],
  });
  area.hidden = true;
  area.after(view.dom);

  const change = (from, to, insert, reason, extra = {}) => {
    if (text().slice(from, to) === insert) return;
    why = reason;
    view.dispatch({ changes: { from, to, insert }, ...extra });
    why = "type";
  };
  return {
    rich: true,
    text,
    /** Replaces everything; one step of undo brings the old text back. */
    setText: (next, reason = "load") => change(0, view.state.doc.length, next, reason, { userEvent: "input.replace" }),
    replaceSpan: (span, next, reason = "edit") => {
      const { from, to } = offsetsOf(text(), span);
      change(from, to, next, reason, { userEvent: "input.fix" });
    },
    reveal: (span) => {
      const { from, to } = offsetsOf(text(), span);
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
    /** Lights up spans; an empty list puts out the light. */
    light: (spans) => {
      const mark = Decoration.mark({ class: "cm-lit" });
      const ranges = spans.map((span) => offsetsOf(text(), span)).filter(({ from, to }) => from < to);
      view.dispatch({ effects: setLit.of(Decoration.set(ranges.map(({ from, to }) => mark.range(from, to)), true)) });
    },
    /** Shows problems at their places, their fixes as actions. */
    mark: (problems) => {
      const diagnostics = problems.filter((one) => one.line).map((one) => diagnosticOf(one, text(), change));
      view.dispatch(kit.setDiagnostics(view.state, diagnostics));
    },
    undo: () => kit.undo(view),
    focus: () => view.focus(),
  };
}

function diagnosticOf(problem, text, change) {
  const span = [problem.line, problem.column, problem.end_line, problem.end_column];
  const { from, to } = offsetsOf(text, span);
  return {
    from,
    to: Math.max(to, Math.min(from + 1, text.length)),
    severity: problem.severity === "notice" ? "info" : problem.severity,
    message: [problem.title, problem.detail].filter(Boolean).join("\n"),
    actions: problem.fixes.map((fix) => ({
      name: say("editor.fix", { title: fix.title }),
      apply: () => {
        const at = offsetsOf(text, [fix.line, fix.column, fix.end_line, fix.end_column]);
        change(at.from, at.to, fix.text, "edit", { userEvent: "input.fix" });
      },
    })),
  };
}
