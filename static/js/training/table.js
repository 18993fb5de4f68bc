// The table of a training loop: a row for each parameter, sorted by any column, with charts that go to a pass.
import { postRun } from "../page/api.js";
import { byId } from "../page/dom.js";
import { bodyOf } from "../page/runner.js";

/** The order of rows by one column: numbers by size, the largest first, or texts; equal ones stay as they are. */
export function sorted(rows, keyOf, how, falling) {
  const compare = how === "number" ? (one, other) => keyOf(one) - keyOf(other) : (one, other) => (keyOf(one) < keyOf(other) ? -1 : keyOf(one) > keyOf(other) ? 1 : 0);
  return rows.toSorted((one, other) => (falling ? -1 : 1) * compare(one, other));
}

export function startTraining(page) {
  const button = byId("training-button");
  const table = byId("training-view");
  const isOpen = () => !table.hidden;
  let order = null;
  let asking = null;

  async function fill() {
    asking?.abort();
    asking = new AbortController();
    const outcome = await postRun({ ...bodyOf(page.store.get()), parts: ["training"] }, asking.signal);
    if (outcome.kind !== "answer" || !outcome.data.html.training) return;
    table.innerHTML = outcome.data.html.training;
    if (order) sort(order.column, order.falling);
  }

  function sort(column, falling) {
    const body = table.querySelector("tbody");
    const heads = [...table.querySelectorAll("thead th")];
    if (!body || !heads[column]) return;
    const how = column === 0 ? "number" : heads[column].querySelector("button").dataset.sortBy;
    const keyOf = (row) => {
      const key = row.children[column].dataset.sort;
      return how === "number" ? (key === "inf" ? Infinity : Number(key)) : key;
    };
    body.replaceChildren(...sorted([...body.children], keyOf, how, falling));
    heads.forEach((head, at) => head.setAttribute("aria-sort", at === column ? (falling ? "descending" : "ascending") : "none"));
  }

  function show(open) {
    table.hidden = !open;
    button.setAttribute("aria-pressed", String(open));
  }

  function toggle(open) {
    const other = byId("table-button");
    if (open && other.getAttribute("aria-pressed") === "true") other.click();
    show(open);
    byId("viewport").inert = open;
    if (!open) return;
    fill();
    table.focus();
  }

  table.addEventListener("click", (event) => {
    const head = event.target.closest("th[aria-sort]");
    if (head && event.target.closest("button")) {
      const column = [...head.parentElement.children].indexOf(head);
      order = { column, falling: order?.column === column ? !order.falling : column > 0 };
      return sort(order.column, order.falling);
    }
    const chart = event.target.closest(".spark");
    if (!chart) return;
    const box = chart.getBoundingClientRect();
    const pass = page.series.passAt((event.clientX - box.left) / box.width);
    if (pass) page.series.goToPass(pass);
  });
  button.addEventListener("click", () => toggle(!isOpen()));
  // The other table takes its place, and what is behind them stays out of reach.
  byId("table-button").addEventListener("click", () => isOpen() && byId("table-button").getAttribute("aria-pressed") === "true" && show(false));
  page.view.after((answer, state, { ran }) => {
    if (!ran || !isOpen()) return;
    if (answer.series) fill();
    else toggle(false);
  });
}
