// The inputs panel: a slider for each number, a grid for each matrix, a field for the rest; sliders on literals.
import { byId, make } from "../page/dom.js";
import { editGrid, mapNested, shapeOf } from "./grid.js";
import { allLiterals, literalAt, rangeFor, tidy, withLiteral } from "../editor/literals.js";
import { say } from "../page/words.js";

const LARGEST_GRID = 144;

/** A number near those that students type: from -2 to 2, two decimals. */
const randomNumber = () => Math.round((Math.random() * 4 - 2) * 100) / 100;

export function startInputs(page) {
  const { store } = page;
  const panel = byId("inputs-panel");
  const holder = byId("inputs");
  const sliders = byId("sliders");
  let shown = "";
  let values = {};
  let cotangent = null;

  const setInput = (name, value) => store.set({ inputs: { ...values, ...store.get().inputs, [name]: value } }, "slide");

  function slider(label, value, change, remove) {
    const range = rangeFor(value);
    const bar = make("input", { type: "range", class: "range", ...range, step: "any", value, "aria-label": label });
    const field = make("input", { type: "number", step: "any", value, "aria-label": label });
    bar.addEventListener("input", () => {
      const next = tidy(Math.round(Number(bar.value) / range.step) * range.step);
      field.value = next;
      change(next);
    });
    field.addEventListener("input", () => {
      if (field.value === "" || !Number.isFinite(field.valueAsNumber)) return;
      bar.value = field.value;
      change(field.valueAsNumber);
    });
    const row = make("div", { class: "slider" }, make("code", {}, label), bar, field);
    if (remove) row.append(make("button", { type: "button", "aria-label": say("slider.remove"), onclick: remove }, "×"));
    row.update = (next) => {
      if (document.activeElement !== field) field.value = next;
      if (document.activeElement !== bar) bar.value = next;
    };
    return row;
  }

  function field(name, value, set = setInput) {
    const input = make("input", { name: `input.${name}`, value: JSON.stringify(value), "aria-label": name, spellcheck: "false" });
    input.addEventListener("change", () => {
      try {
        set(name, JSON.parse(input.value));
        input.removeAttribute("aria-invalid");
      } catch {
        input.setAttribute("aria-invalid", "true");
      }
    });
    const row = make("div", { class: "input" }, make("code", {}, name), input);
    const shape = shapeOf(value);
    const count = shape.reduce((product, size) => product * size, 1);
    if (shape.length >= 1 && shape.length <= 2 && count > 0 && count <= LARGEST_GRID) {
      const open = () => editGrid(name, JSON.parse(input.value), (next) => {
        input.value = JSON.stringify(next);
        set(name, next);
      });
      input.hidden = true;
      row.append(make("span", { class: "grid-tools" }, make("span", { class: "quiet" }, shape.join("×")),
        make("button", { type: "button", class: "small", onclick: open }, say("grid.edit"))));
    }
    row.update = (next) => {
      if (document.activeElement !== input) input.value = JSON.stringify(next);
    };
    return row;
  }

  function show() {
    const weights = cotangent && say("gradient.of", { name: cotangent.name ?? "" });
    const kinds = JSON.stringify([weights && [weights, shapeOf(cotangent.values)], Object.entries(values).map(([name, value]) => [name, shapeOf(value)]), store.get().sliders]);
    panel.hidden = Object.keys(values).length === 0 && store.get().sliders.length === 0 && !cotangent;
    if (kinds !== shown) {
      shown = kinds;
      holder.replaceChildren(...Object.entries(values).map(([name, value]) => {
        const row = typeof value === "number" ? slider(name, value, (next) => setInput(name, next)) : field(name, value);
        row.dataset.input = name;
        return row;
      }));
      if (cotangent) holder.append(field(weights, cotangent.values, (_, value) => store.set({ gradient: value }, "slide")));
      sliders.replaceChildren(...store.get().sliders.map(([number]) => literalSlider(number)).filter(Boolean));
    } else {
      for (const row of holder.children) row.update?.(row.dataset.input ? values[row.dataset.input] : cotangent.values);
    }
  }

  function literalSlider(number) {
    const literal = allLiterals(store.get().source)[number];
    if (!literal) return null;
    const change = (next) => page.editor.setText(withLiteral(page.editor.text(), number, next), "slide");
    return slider(say("slider.literal", { line: literal.line }), literal.value, change, () => {
      store.set({ sliders: store.get().sliders.filter(([one]) => one !== number) }, "slide");
      show();
    });
  }

  /** Makes a slider of the number at an offset of the program; says whether there is one. */
  function addLiteral(offset) {
    const literal = literalAt(page.editor.text(), offset);
    if (!literal) return false;
    const { sliders: old } = store.get();
    if (!old.some(([number]) => number === literal.number)) {
      store.set({ sliders: [...old, [literal.number, literal.value]] }, "slide");
    }
    show();
    return true;
  }

  byId("randomise").addEventListener("click", () => {
    const next = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, mapNested(value, randomNumber)]));
    let source = page.editor.text();
    for (const [number] of store.get().sliders) source = withLiteral(source, number, randomNumber());
    if (source !== page.editor.text()) page.editor.setText(source, "slide");
    store.set({ inputs: next }, "slide");
    shown = "";
  });
  byId("reset").addEventListener("click", () => {
    let source = page.editor.text();
    for (const [number, first] of store.get().sliders) source = withLiteral(source, number, first);
    if (source !== page.editor.text()) page.editor.setText(source, "slide");
    store.set({ inputs: {}, gradient: null }, "slide");
    shown = "";
  });
  store.on(["source"], (state, before, why) => {
    // Typing may add or take away numbers: the sliders follow by number only while the count stays.
    if (why === "slide" || !state.sliders.length) return;
    if (allLiterals(state.source).length !== allLiterals(before.source).length) store.set({ sliders: [] }, "slide");
  });
  page.view.after((answer, state, { ran }) => {
    if (ran) ({ inputs: values, cotangent } = answer);
    show();
  });
  return { addLiteral };
}
