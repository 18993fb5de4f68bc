// Search in the graph: by name, operator, id or line.
import { byId } from "../page/dom.js";
import { groupsOf, markNodes } from "./picture.js";
import { say } from "../page/words.js";

/** The ids of the nodes that a query finds, in the order of forward. */
export function find(nodes, query) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  const line = /^(?:line\s*|:)?(\d+)$/.exec(wanted);
  const fits = (node) =>
    node.id === wanted ||
    node.names.some((name) => name.toLowerCase().includes(wanted)) ||
    node.op.toLowerCase().startsWith(wanted) ||
    node.operator.includes(wanted) ||
    (line && node.span && node.span[0] === Number(line[1]));
  return nodes.filter(fits).map((node) => node.id);
}

export function startSearch(page, stage) {
  const panel = byId("search");
  const field = byId("search-field");
  const result = byId("search-result");
  let found = [];
  let place = 0;

  function go(step, unfold = true) {
    if (!found.length) return;
    place = (place + step + found.length) % found.length;
    result.textContent = say("picture.found", { place: place + 1, count: found.length });
    if (unfold) return stage.reveal(found[place], { focus: false });
    // While one types, folds stay: their content would come and go with every letter.
    page.store.set({ node: found[place] }, "select");
    const group = groupsOf(found[place])[0];
    if (group) stage.viewport.approach(group);
  }

  function look() {
    const query = field.value;
    found = find(page.answer?.index.nodes ?? [], query);
    place = 0;
    markNodes("found", found);
    result.textContent = "";
    if (found.length) go(0, false);
    else if (query.trim()) result.textContent = say("picture.none", { query });
  }

  function close() {
    panel.hidden = true;
    markNodes("found", []);
    byId("search-button").focus();
  }

  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      go(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
  const open = () => {
    panel.hidden = false;
    field.select();
    field.focus();
  };
  byId("search-button").addEventListener("click", () => (panel.hidden ? open() : close()));
  return { open, close };
}
