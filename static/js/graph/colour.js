// Colour of the cards: by kind, or by the size of value or gradient on a log scale.
import { byId, make } from "../page/dom.js";
import { groupsOf } from "./picture.js";
import { say } from "../page/words.js";

export const STEPS = 7;

/** The range of the sizes of some nodes, in powers of ten; null where there is none above zero. */
export function rangeOf(sizes) {
  const logs = sizes.filter((size) => typeof size === "number" && size > 0).map(Math.log10);
  if (logs.length === 0) return null;
  const low = Math.floor(Math.min(...logs));
  const high = Math.ceil(Math.max(...logs));
  return { low, high: Math.max(high, low + 1) };
}

/** The class of a size: "c1" (smallest) to "c7", "zero", "bad" for NaN and Inf, "" for none. */
export function levelOf(size, range) {
  if (size === null || size === undefined) return "";
  if (typeof size === "string") return "bad";
  if (size === 0 || !range) return "zero";
  const part = (Math.log10(size) - range.low) / (range.high - range.low);
  return `c${Math.min(STEPS, Math.max(1, 1 + Math.floor(part * STEPS)))}`;
}

const LEVELS = ["", "zero", ...Array.from({ length: STEPS }, (_, step) => `c${step + 1}`), "bad"];

/** Of the classes of what stands in one card, the one that the card has: a fold is as bad as the worst inside. */
export function strongest(levels) {
  return LEVELS[Math.max(0, ...levels.map((level) => LEVELS.indexOf(level)))];
}

/** The size that a mode colours a node by. */
export function sizeOf(node, mode, pass) {
  return mode === "value" ? node.value : (node.gradients[pass] ?? null);
}

export function startColours(page) {
  const { store } = page;
  const picture = byId("picture");

  function legend(mode, range) {
    const element = byId("legend");
    element.hidden = mode === "none" || !range;
    if (element.hidden) return;
    const swatches = Array.from({ length: STEPS }, (_, step) => make("i", { class: `c${step + 1}` }));
    const power = (exponent) => make("span", {}, "10", make("sup", {}, String(exponent).replace("-", "−")));
    element.replaceChildren(
      make("span", {}, say(`colour.legend.${mode}`)),
      make("span", { class: "scale" }, power(range.low), make("span", { class: `swatches ${mode}` }, ...swatches), power(range.high)),
    );
  }

  function paint() {
    const { colour, pass } = store.get();
    byId("colour-select").value = colour;
    picture.dataset.colour = colour;
    for (const group of picture.querySelectorAll("[data-level]")) delete group.dataset.level;
    const nodes = page.answer?.index.nodes ?? [];
    if (colour === "none" || colour === "kind") return legend("none", null);
    const last = (pass ?? page.answer?.index.shown_pass ?? 1) - 1;
    const range = rangeOf(nodes.map((node) => sizeOf(node, colour, last)));
    for (const node of nodes) {
      const level = levelOf(sizeOf(node, colour, last), range);
      if (level) for (const group of groupsOf(node.id)) group.dataset.level = strongest([group.dataset.level ?? "", level]);
    }
    legend(colour, range);
  }

  byId("colour-select").addEventListener("change", (event) => store.set({ colour: event.target.value }, "colour"));
  store.on(["colour"], paint);
  page.view.after(paint);
}
