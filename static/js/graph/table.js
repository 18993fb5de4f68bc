// The table of the graph: asked for when it is opened, and again with each run while it is open.
import { postRun } from "../page/api.js";
import { byId } from "../page/dom.js";
import { bodyOf } from "../page/runner.js";

export function startTable(page) {
  const button = byId("table-button");
  const table = byId("table-view");
  const isOpen = () => !table.hidden;

  async function fill() {
    const outcome = await postRun({ ...bodyOf(page.store.get()), parts: ["table"] });
    if (outcome.kind === "answer" && outcome.data.html.table) table.innerHTML = outcome.data.html.table;
  }

  button.addEventListener("click", () => {
    table.hidden = isOpen();
    button.setAttribute("aria-pressed", String(isOpen()));
    byId("viewport").inert = isOpen();
    if (isOpen()) {
      fill();
      table.focus();
    }
  });
  page.view.after(() => isOpen() && fill());
}
