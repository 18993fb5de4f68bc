// The words of the page in its language, put into the page by the server.

/** Fills the braces of a text: fill("{n} nodes", {n: 3}) is "3 nodes". */
export function fill(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const words = typeof document === "undefined" ? {} : JSON.parse(document.body.dataset.words);

/** A text by its key, filled in. */
export function say(key, values) {
  return fill(words[key] ?? key, values);
}
