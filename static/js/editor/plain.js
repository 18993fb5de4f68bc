// The editor where CodeMirror cannot be loaded: the textarea itself, with the same interface.
import { offsetsOf, placeOf } from "./spans.js";

export function plainEditor(area, handlers) {
  const changed = (why) => handlers.onChange(area.value, why);
  area.addEventListener("input", () => changed("type"));
  const moved = () => handlers.onCursor(placeOf(area.value, area.selectionStart));
  area.addEventListener("keyup", moved);
  area.addEventListener("click", moved);
  const replace = (from, to, text) => {
    area.setRangeText(text, from, to, "end");
    changed("edit");
  };
  return {
    text: () => area.value,
    setText: (text) => replace(0, area.value.length, text),
    replaceSpan: (span, text) => {
      const { from, to } = offsetsOf(area.value, span);
      replace(from, to, text);
    },
    reveal: (span) => {
      const { from, to } = offsetsOf(area.value, span);
      area.focus();
      area.setSelectionRange(from, to);
    },
    light: () => {},
    mark: () => {},
    undo: () => document.execCommand("undo"),
    focus: () => area.focus(),
    rich: false,
  };
}
