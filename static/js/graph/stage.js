// The picture as something to work with: select, fold, search, zoom, walk.
import { byId } from "../page/dom.js";
import { startFolds } from "./folds.js";
import { cardBoxes, groupsOf, holdsId, markEdges, markNodes, pickOf, rootBox } from "./picture.js";
import { startMinimap } from "./minimap.js";
import { postRun } from "../page/api.js";
import { bodyOf } from "../page/runner.js";
import { startSearch } from "./search.js";
import { say } from "../page/words.js";
import { Viewport } from "./viewport.js";
import { neighbour } from "./neighbours.js";

export function startStage(page) {
  const { store } = page;
  const host = byId("viewport");
  const minimap = startMinimap();
  const viewport = new Viewport(host, byId("picture"), (view) => minimap.move(view));
  minimap.onMove((dx, dy) => viewport.pan(dx, dy));

  function mark() {
    const { node } = store.get();
    markNodes("selected", node ? [node] : []);
    const members = node && groupsOf(node)[0]?.dataset.members;
    const isChosen = (id) => id === node || Boolean(members && holdsId(members, id));
    const edges = (page.answer?.index.edges ?? []).filter((edge) => isChosen(edge.source) !== isChosen(edge.target));
    markEdges("near", edges.map((edge) => edge.id));
    for (const row of document.querySelectorAll("tr[data-node]")) {
      row.classList.toggle("selected", row.dataset.node === node);
    }
  }

  let asking = null;
  /** Ends what was asked for the inspector before, and returns the signal of what is asked now. */
  function anew() {
    asking?.abort();
    asking = new AbortController();
    return asking.signal;
  }

  /** Fills the inspector anew; says whether an answer came. */
  async function renew(state, signal, more = {}) {
    const outcome = await postRun({ ...bodyOf(state), ...more, parts: ["inspector"] }, signal);
    if (outcome.kind === "answer") byId("inspector").innerHTML = outcome.data.html.inspector;
    return outcome.kind === "answer";
  }

  async function inspect(state) {
    const signal = anew();
    if (await renew(state, signal)) await complete(state, signal);
  }

  /** Asks for the local Jacobians of a node, where its program takes so long that the inspector came without them. */
  async function complete(state, signal) {
    if (!state.node || !byId("inspector").querySelector("[data-partial]")) return;
    await renew(state, signal, { jacobians: true });
  }

  /** A question that is opened asks for the local Jacobians that its answer is told with: a run of their own. */
  async function answer(opened) {
    const place = [...opened.parentElement.querySelectorAll("details")].indexOf(opened);
    delete opened.parentElement.dataset.partial;
    if (!(await renew(store.get(), anew(), { jacobians: true }))) return;
    const again = byId("inspector").querySelectorAll(".concepts details")[place];
    if (!again) return;
    again.open = true;
    again.querySelector("summary").focus({ preventScroll: true });
  }

  byId("inspector").addEventListener(
    "toggle",
    (event) => {
      if (event.target.open && event.target.parentElement?.matches(".concepts[data-partial]")) answer(event.target);
    },
    true, // it does not bubble
  );

  store.on(["node"], (state) => {
    mark();
    if (page.answer && !page.predict?.hides(state.node)) inspect(state);
  });
  page.view.after((_, state, { ran }) => {
    mark();
    const isShown = ran && state.node && state.node === store.get().node && !page.predict?.hides(state.node);
    if (!isShown || !byId("inspector").querySelector("[data-partial]")) return;
    complete(state, anew());
  });

  function select(id, { show = true, focus = true } = {}) {
    store.set({ node: id }, "select");
    const group = id && groupsOf(id)[0];
    if (!group) return;
    if (focus) group.focus({ preventScroll: true });
    if (show) viewport.approach(group, { scroll: focus });
  }
  const folds = startFolds(page, { select });

  host.addEventListener("click", (event) => {
    if (host.classList.contains("dragging")) return;
    const pick = pickOf(event.target);
    if (pick) select(pick.node, { show: false });
    else store.set({ node: null }, "select");
  });
  host.addEventListener("dblclick", (event) => {
    const pick = pickOf(event.target);
    const scope = event.target.closest?.("[data-scope]")?.dataset.scope;
    if (pick?.fold || scope) folds.toggle(pick, scope);
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
    // The scrubber of a series has its passes; the list is for those that are in none.
    const inSeries = (answer.series?.list ?? []).reduce((sum, one) => sum + one.count, 0);
    byId("pass-label").hidden = passes.length < 2 || inSeries === passes.length;
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
      viewport.resize(width, height, fresh, rootBox() ?? first);
      minimap.draw(cards, viewport);
    },
    /** Selects a node and brings it into sight, out of the folds that hide it. */
    reveal: folds.reveal,
    toggleFold: () => folds.toggle(pickOf(groupsOf(store.get().node ?? "")[0] ?? byId("picture"))),
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
