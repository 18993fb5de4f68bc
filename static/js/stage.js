// The picture as something to work with: select, fold, search, zoom, walk.
import { byId, make } from "./dom.js";
import { cardBoxes, groupsOf, markEdges, markNodes, pickOf } from "./picture.js";
import { startMinimap } from "./minimap.js";
import { postRun } from "./api.js";
import { bodyOf } from "./runner.js";
import { startSearch } from "./search.js";
import { say } from "./words.js";
import { Viewport } from "./viewport.js";
import { neighbour } from "./walk.js";

/** The lists of open and closed folds after one more is opened or closed. */
export function toggled(state, path, open) {
  const without = (list) => list.filter((one) => one !== path);
  return open
    ? { open: [...without(state.open), path], closed: without(state.closed) }
    : { open: without(state.open).filter((one) => !one.startsWith(`${path}.`)), closed: [...without(state.closed), path] };
}

export function startStage(page) {
  const { store } = page;
  const host = byId("viewport");
  const minimap = startMinimap();
  const viewport = new Viewport(host, byId("picture"), (view) => minimap.move(view));
  minimap.onMove((dx, dy) => viewport.pan(dx, dy));

  function mark() {
    const { node } = store.get();
    markNodes("selected", node ? [node] : []);
    const edges = (page.answer?.index.edges ?? []).filter((edge) => edge.source === node || edge.target === node);
    markEdges("near", edges.map((edge) => edge.id));
    for (const row of document.querySelectorAll("tr[data-node]")) {
      row.classList.toggle("selected", row.dataset.node === node);
    }
  }

  let asking = null;
  async function inspect(state) {
    asking?.abort();
    const group = state.node && groupsOf(state.node)[0];
    if (group?.dataset.fold) {
      const open = make("button", { type: "button", onclick: () => fold(pickOf(group)) }, say("fold.open"));
      byId("inspector").replaceChildren(make("h2", {}, group.dataset.fold), make("p", {}, group.getAttribute("aria-label")), open);
      return;
    }
    asking = new AbortController();
    const outcome = await postRun({ ...bodyOf(state), parts: ["inspector"] }, asking.signal);
    if (outcome.kind === "answer") byId("inspector").innerHTML = outcome.data.html.inspector;
  }

  store.on(["node"], (state) => {
    mark();
    if (page.answer && !page.predict?.hides(state.node)) inspect(state);
  });
  page.view.after(() => mark());

  function select(id, { show = true } = {}) {
    store.set({ node: id }, "select");
    const group = id && groupsOf(id)[0];
    if (!group) return;
    group.focus({ preventScroll: true });
    if (show) viewport.approach(group);
  }

  function fold(pick) {
    if (pick?.fold) store.set(toggled(store.get(), pick.fold, true), "fold");
    else if (pick?.frame) store.set(toggled(store.get(), pick.frame, false), "fold");
  }

  host.addEventListener("click", (event) => {
    if (host.classList.contains("dragging")) return;
    const pick = pickOf(event.target);
    if (pick) select(pick.node, { show: false });
    else store.set({ node: null }, "select");
  });
  host.addEventListener("dblclick", (event) => {
    const scope = event.target.closest?.("[data-scope]")?.dataset.scope;
    fold(pickOf(event.target) ?? (scope ? { frame: scope } : null));
  });
  host.addEventListener("focusin", (event) => {
    const pick = pickOf(event.target);
    if (pick && event.target.matches(":focus-visible")) viewport.show(pick.group);
  });
  byId("zoom-in").addEventListener("click", () => viewport.zoom(1.25));
  byId("zoom-out").addEventListener("click", () => viewport.zoom(0.8));
  byId("zoom-fit").addEventListener("click", () => viewport.fit());
  for (const [id, field] of [["view-select", "view"], ["pass-select", "pass"]]) {
    byId(id).addEventListener("change", (event) => {
      const value = event.target.value;
      store.set({ [field]: field === "pass" ? Number(value) : value }, "view");
    });
  }

  function showPasses(answer, state) {
    const passes = answer.index?.passes ?? [];
    byId("pass-label").hidden = passes.length < 2;
    const options = passes.map((one) => new Option(say("picture.pass", { index: one.index }), one.index));
    byId("pass-select").replaceChildren(...options);
    byId("pass-select").value = state.pass ?? answer.index?.shown_pass ?? "";
    byId("view-select").value = state.view;
  }
  page.view.after((answer, state, { ran }) => ran && showPasses(answer, state));

  const stage = {
    viewport,
    select,
    placed({ width, height }, fresh) {
      const cards = cardBoxes();
      const [first] = cards.toSorted((one, other) => one[1] - other[1]);
      viewport.resize(width, height, fresh, first && first[0] + first[2] / 2);
      minimap.draw(cards, viewport);
    },
    toggleFold: () => fold(pickOf(groupsOf(store.get().node ?? "")[0] ?? byId("picture"))),
    /** Brings the card of a step into sight. */
    follow(id) {
      const group = groupsOf(id)[0];
      if (group) viewport.show(group);
    },
    /** Goes to the next card in a direction along the edges. */
    walk(direction) {
      const groups = [...document.querySelectorAll("#picture .node")];
      const next = neighbour(groups, document.querySelectorAll("#picture .edge"), store.get().node, direction);
      if (!next) return;
      select(next, { show: false });
      viewport.show(groupsOf(next)[0]);
    },
  };
  stage.search = startSearch(page, stage);
  return stage;
}
