// Folds: opened and closed by the person, and opened on the way to a node that stands in one.
import { firstOf, frameAround, groupsOf } from "./picture.js";

/** The lists of open and closed folds after one more is opened or closed. */
export function toggled(state, path, open) {
  const without = (list) => list.filter((one) => one !== path);
  if (open) return { open: [...without(state.open), path], closed: without(state.closed) };
  const inside = (one) => one.startsWith(`${path}.`) || one.startsWith(`${path}/`);
  return { open: without(state.open).filter((one) => !inside(one)), closed: [...without(state.closed), path] };
}

/** stage: selects a group's node and brings it into sight. */
export function startFolds(page, stage) {
  const { store } = page;
  /** What is selected once it is in the picture: find() gives its group; the paths that were opened on the way to it. */
  let wanted = null;

  function turn(path, open) {
    if (wanted) wanted.path = open ? path : null;
    store.set(toggled(store.get(), path, open), "fold");
  }

  /** Goes on to what is wanted, through one fold more. */
  function follow() {
    const { id, find, tried, focus } = wanted;
    const group = find();
    const path = group?.dataset.fold;
    if (id && path && group.dataset.node !== id && !tried.has(path)) {
      tried.add(path);
      return turn(path, true);
    }
    wanted = null;
    if (group) stage.select(id ?? group.dataset.node, { focus });
  }

  /** Selects a node; where it stands in folds, they are opened until it is in the picture, or there is no more room. */
  function reveal(id, { focus = true } = {}) {
    wanted = { id, find: () => groupsOf(id)[0], tried: new Set(), focus };
    follow();
  }

  function open(path) {
    const group = document.querySelector(`#picture .node[data-fold="${CSS.escape(path)}"]`);
    const members = group?.dataset.members;
    wanted = members ? { id: null, find: () => firstOf(members), focus: true } : null;
    turn(path, true);
  }

  function close(path, id) {
    wanted = id ? { id: null, find: () => groupsOf(id)[0], focus: true } : null;
    turn(path, false);
  }

  /** Unfolds a fold; folds the scope that has a card, or whose frame was picked. */
  function toggle(pick, frame) {
    if (pick?.fold) return open(pick.fold);
    const path = frame ?? (pick && frameAround(pick.group));
    if (path) close(path, pick?.node);
  }

  page.view.after((answer, state, { ran }) => {
    if (!wanted) return;
    // An answer that was on its way before the fold was opened is not the one that is waited for.
    if (ran && wanted.path && !state.open.includes(wanted.path)) return;
    if (ran) follow();
    else wanted = null;
  });
  document.addEventListener("click", (event) => {
    const path = event.target.closest?.("[data-unfold]")?.dataset.unfold;
    if (path) open(path);
  });
  return { reveal, toggle };
}
