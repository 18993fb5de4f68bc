// Small helpers around the document.

/** The element of an id; it must be there. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is not on the page`);
  return element;
}

/** Makes an element: attributes, then children (text or elements). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** The parsed SVG of a picture, ready to stand in the page; null where the text is no SVG. */
export function parseSvg(text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
  const svg = parsed.documentElement;
  return svg.localName === "svg" ? document.importNode(svg, true) : null;
}

/** Whether the person asked for less motion. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** Whether the key that commands go with is held: Command on a Mac, Control elsewhere. */
export const hasMod = (event) => (isMac ? event.metaKey : event.ctrlKey);
export const modName = isMac ? "⌘" : "Ctrl";

/** Whether typing goes into this element. */
export function isTyping(element) {
  return Boolean(element?.closest?.("input:not([type=range]), textarea, select, .cm-editor, [contenteditable]"));
}
