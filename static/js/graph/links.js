// Program and picture linked both ways: what the pointer or the cursor is on lights up on the other side.
import { byId } from "../page/dom.js";
import { markEdges, markNodes, pickOf } from "./picture.js";
import { nodesAt } from "../editor/spans.js";

export function startLinks(page) {
  const nodes = () => (page.answerTo?.source === page.editor.text() ? (page.answer?.index.nodes ?? []) : []);
  const spansOf = (ids) => nodes().filter((node) => ids.includes(node.id) && node.span).map((node) => node.span);
  let hovered = "";

  function lightEditor(id) {
    page.editor.light(spansOf(id ? [id] : []));
  }

  function lightPicture(place) {
    const found = place ? nodesAt(nodes(), place).map((node) => node.id) : [];
    if (found.join() === hovered) return;
    hovered = found.join();
    markNodes("lit", found);
  }

  for (const [over, out] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    byId("viewport").addEventListener(over, (event) => {
      const pick = pickOf(event.target);
      if (!pick) return;
      markNodes("lit", [pick.node]);
      lightEditor(pick.node);
    });
    byId("viewport").addEventListener(out, () => {
      markNodes("lit", []);
      lightEditor(page.store.get().node);
    });
  }
  page.store.on(["node"], (state) => lightEditor(state.node));
  page.view.after(() => {
    hovered = "";
    lightEditor(page.store.get().node);
  });

  document.addEventListener("click", (event) => {
    const place = event.target.closest?.("[data-line]");
    if (place) {
      event.preventDefault();
      const { line, column, endLine, endColumn } = place.dataset;
      page.editor.reveal(column === undefined ? [Number(line), 0, 0, 0] : [line, column, endLine, endColumn].map(Number));
    }
    const chosen = event.target.closest?.("[data-select]");
    if (chosen) page.stage.reveal(chosen.dataset.select);
    const fix = event.target.closest?.("[data-fix]");
    if (fix) {
      const [line, column, endLine, endColumn, text] = JSON.parse(fix.dataset.fix);
      page.editor.replaceSpan([line, column, endLine, endColumn], text);
      page.editor.focus();
    }
  });
  document.addEventListener("mouseover", (event) => {
    const edge = event.target.closest?.("[data-edge]:not(.edge)");
    const path = event.target.closest?.("[data-path]");
    markEdges("lit", edge ? [edge.dataset.edge] : path ? path.dataset.path.split(" ") : []);
    const row = event.target.closest?.("tr[data-node], .problem[data-node]");
    if (row) markNodes("lit", [row.dataset.node]);
  });

  return { fromEditor: lightPicture, hoverEditor: lightPicture };
}
