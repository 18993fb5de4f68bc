// Predict, then reveal: gradients are hidden, asked for one after the other, checked, and then explained.
import { postRun } from "../page/api.js";
import { byId, make } from "../page/dom.js";
import { askable, elementOf, isRight, readNumber } from "./answers.js";
import { bodyOf } from "../page/runner.js";
import { say } from "../page/words.js";
import { maskNodes } from "../graph/mask.js";

export function startPredict(page) {
  const { store } = page;
  const panel = byId("predict");
  const button = byId("predict-button");
  let on = store.get().predict.length > 0;
  let done = new Set();
  let tries = new Map();

  const pass = () => (store.get().pass ?? page.answer.index.shown_pass ?? 1) - 1;
  const possible = () => askable(page.answer.index, pass());
  const asked = () => {
    const { predict } = store.get();
    const chosen = possible().filter((id) => predict.includes(id));
    return chosen.length ? chosen : possible();
  };
  const current = () => asked().find((id) => !done.has(id)) ?? null;

  async function gradientOf(id) {
    const outcome = await postRun({ ...bodyOf(store.get()), node: id, pass_index: pass() + 1, jacobians: true, parts: ["gradient", "inspector"] });
    return outcome.kind === "answer" ? outcome.data : null;
  }

  function chooser() {
    const boxes = possible().map((id) => {
      const node = page.answer.index.nodes.find((one) => one.id === id);
      const box = make("input", { type: "checkbox", checked: asked().includes(id) });
      box.addEventListener("change", () => {
        const before = asked();
        const next = possible().filter((one) => (one === id ? box.checked : before.includes(one)));
        store.set({ predict: next }, "select");
        ask();
      });
      return make("label", { class: "choice" }, box, node.called);
    });
    return make("details", {}, make("summary", {}, say("predict.choose")), ...boxes);
  }

  async function ask() {
    if (!on || !page.answer) return;
    maskNodes(asked().filter((id) => !done.has(id)));
    const id = current();
    byId("inspector").hidden = id !== null;
    if (id === null) return finish();
    const data = await gradientOf(id);
    if (!data?.gradient || current() !== id || !on) {
      if (data && !data.gradient) {
        done.add(id);
        ask();
      }
      return;
    }
    const node = page.answer.index.nodes.find((one) => one.id === id);
    const element = elementOf(data.gradient.values);
    if (!element) {
      done.add(id);
      return ask();
    }
    const where = element.index.length ? `[${element.index.join(", ")}]` : "";
    const field = make("input", { id: "predict-answer", inputmode: "text", autocomplete: "off", class: "input-number" });
    const verdict = make("p", { role: "status", class: "verdict" });
    const check = () => {
      const given = readNumber(field.value);
      if (given === null) return void (verdict.textContent = say("predict.unreadable"));
      tries.set(id, (tries.get(id) ?? 0) + 1);
      if (!isRight(given, element.value)) return void (verdict.textContent = say("predict.wrong", { given: field.value }));
      reveal(id, data, say("predict.right"), tries.get(id) === 1);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      check();
    });
    const goesOn = panel.contains(document.activeElement) || document.activeElement === button;
    panel.replaceChildren(
      make("h2", {}, say("predict.title")),
      make("p", { class: "quiet" }, say("predict.progress", { place: asked().indexOf(id) + 1, count: asked().length })),
      make("label", { for: "predict-answer", class: "question-text" }, say("predict.ask", { name: node.called, element: where })),
      field,
      make("div", { class: "row" },
        make("button", { type: "button", class: "primary", onclick: check }, say("predict.check")),
        make("button", { type: "button", onclick: () => reveal(id, data, "", false) }, say("predict.reveal"))),
      verdict, chooser(),
    );
    page.stage.reveal(id, { focus: false });
    if (goesOn) field.focus({ preventScroll: true });
  }

  function reveal(id, data, verdict, first) {
    done.add(id);
    if (first) tries.set(id, 0);
    page.view.refresh();
    byId("inspector").innerHTML = data.html.inspector;
    byId("inspector").hidden = false;
    const next = make("button", { type: "button", class: "primary", onclick: ask }, say("predict.next"));
    panel.replaceChildren(make("h2", {}, verdict || say("predict.revealed")), make("div", { class: "row" }, next));
    next.focus();
  }

  function finish() {
    const all = asked();
    const right = all.filter((id) => tries.get(id) === 0).length;
    panel.replaceChildren(
      make("h2", {}, say("predict.title")),
      make("p", {}, say("predict.finished", { count: all.length, right })),
      make("div", { class: "row" }, make("button", { type: "button", class: "primary", onclick: restart }, say("predict.again"))),
      chooser(),
    );
  }

  function restart() {
    done = new Set();
    tries = new Map();
    page.view.refresh();
    ask();
  }

  function turn(next) {
    on = next;
    done = new Set();
    tries = new Map();
    document.body.classList.toggle("predicting", on);
    button.setAttribute("aria-pressed", String(on));
    panel.hidden = !on;
    byId("inspector").hidden = false;
    if (!on) store.set({ predict: [], node: null }, "select");
    else if (!store.get().predict.length && page.answer) store.set({ predict: possible(), step: null }, "view");
    if (page.answer) page.view.refresh();
    if (on) ask();
  }

  button.addEventListener("click", () => turn(!on));
  page.view.after((answer, state, { ran, fresh }) => {
    if (!on || !ran) return;
    maskNodes(asked().filter((id) => !done.has(id)));
    if (fresh) ask();
  });
  page.view.onRefresh(() => on && maskNodes(asked().filter((id) => !done.has(id))));
  if (on) queueMicrotask(() => turn(true));
  return { isOn: () => on, hides: (id) => on && asked().includes(id) && !done.has(id) };
}
