// How CodeMirror looks: the page's own colours, by custom properties, so that themes follow by themselves.

export function look({ EditorView, HighlightStyle, syntaxHighlighting, tags }) {
  const theme = EditorView.theme({
    "&": { backgroundColor: "var(--card)", color: "var(--ink)", fontSize: "14px" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.65", overflow: "auto" },
    ".cm-content": { padding: "14px 0", caretColor: "var(--ink)" },
    ".cm-line": { padding: "0 16px 0 8px" },
    ".cm-gutters": { backgroundColor: "var(--card)", color: "var(--soft)", border: "0", paddingLeft: "6px" },
    ".cm-lineNumbers .cm-gutterElement": { padding: "0 4px 0 8px", minWidth: "26px", fontSize: "12px" },
    ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--wash) 55%, transparent)" },
    ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
    ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
      backgroundColor: "color-mix(in srgb, var(--forward) 26%, transparent)",
    },
    ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
      backgroundColor: "color-mix(in srgb, var(--forward) 20%, transparent)", outline: "1px solid var(--forward)",
    },
    ".cm-lit": {
      backgroundColor: "color-mix(in srgb, var(--backward) 10%, transparent)",
      boxShadow: "0 0 0 1.5px var(--backward)", borderRadius: "3px",
    },
    ".cm-slid": { borderBottom: "2px dotted var(--backward)" },
    ".cm-tooltip": {
      backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "8px",
      boxShadow: "var(--shadow)", overflow: "hidden", maxWidth: "min(520px, 92vw)",
    },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "13px", maxHeight: "15em" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--ink)", color: "var(--card)" },
    ".cm-completionDetail": { fontStyle: "normal", opacity: "0.75" },
    ".cm-completionInfo": { padding: "8px 12px", fontSize: "13px", maxWidth: "320px" },
    ".cm-diagnostic": { padding: "8px 12px", fontSize: "13px", whiteSpace: "pre-wrap" },
    ".cm-diagnostic-error": { borderLeft: "4px solid var(--bad)" },
    ".cm-diagnostic-warning": { borderLeft: "4px solid var(--backward)" },
    ".cm-diagnostic-info": { borderLeft: "4px solid var(--forward)" },
    ".cm-diagnosticAction": {
      backgroundColor: "var(--ink)", color: "var(--card)", borderRadius: "5px", padding: "3px 8px", marginLeft: "8px",
    },
    ".cm-panels": { backgroundColor: "var(--wash)", color: "var(--ink)", borderColor: "var(--line)" },
    ".cm-panel.cm-search": { padding: "8px 12px", fontSize: "13px" },
    ".cm-button": { backgroundImage: "none", backgroundColor: "var(--raised)", borderRadius: "6px" },
    ".cm-textfield": { backgroundColor: "var(--raised)", borderColor: "var(--wire)", borderRadius: "6px" },
    ".cm-searchMatch": { backgroundColor: "color-mix(in srgb, var(--backward) 30%, transparent)" },
    ".cm-placeholder": { color: "var(--soft)" },
  });
  const colours = HighlightStyle.define([
    { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.definitionKeyword], color: "var(--negative)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--forward-ink)" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
    { tag: [tags.comment], color: "var(--soft)", fontStyle: "italic" },
    { tag: [tags.definition(tags.variableName), tags.className], color: "var(--ink)", fontWeight: "600" },
  ]);
  return [theme, syntaxHighlighting(colours)];
}
