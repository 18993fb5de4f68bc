// The inlined picture: put in place, selected, hovered, lit up.
import { byId, parseSvg } from "../page/dom.js";

const holder = () => byId("picture");
const groups = (selector) => [...holder().querySelectorAll(selector)];

/** The groups of a node: its card, every copy of it, or the fold that hides it. */
export function groupsOf(id) {
  const own = groups(`.node[data-node="${CSS.escape(id)}"]`);
  if (own.length) return own;
  return groups(".node[data-members]").filter((group) => holdsId(group.dataset.members, id));
}

/** Whether runs of ids, as "n2-n4 n9", hold an id. */
export function holdsId(runs, id) {
  const number = Number(id.slice(1));
  return runs.split(" ").some((run) => {
    const [first, last = first] = run.split("-").map((one) => Number(one.slice(1)));
    return first <= number && number <= last;
  });
}

/** The id of the node that an element of the picture belongs to, and its fold's path where it is one. */
export function pickOf(target) {
  const group = target.closest?.(".node");
  if (!group) return null;
  return { node: group.dataset.node ?? null, fold: group.dataset.fold ?? null, group };
}

/** The first operation among some members that the picture shows, or the first fold that holds one. */
export function firstOf(members) {
  const inside = (group) => {
    const { node, members: within } = group.dataset;
    return holdsId(members, within ? within.split(/[ -]/)[0] : node);
  };
  const found = groups(".node").filter(inside);
  return found.find((group) => !group.matches(".leaf, .constant")) ?? found[0] ?? null;
}

/** The path of the innermost frame around a card; null where there is none. */
export function frameAround(group) {
  const card = group.getBoundingClientRect();
  const holds = (frame) => frame.left <= card.left && frame.right >= card.right && frame.top <= card.top && frame.bottom >= card.bottom;
  const frames = groups(".scope").map((scope) => ({ path: scope.dataset.scope, box: scope.getBoundingClientRect() }));
  const around = frames.filter(({ box }) => holds(box)).sort((one, other) => one.box.width * one.box.height - other.box.width * other.box.height);
  return around[0]?.path ?? null;
}

/** Where the cards stand, in the picture's own pixels: [x, y, width, height] of each. */
export const cardBoxes = () => groups(".node").map(boxOf);

/** Where the card of the root stands that backward starts from, as above; undefined where it is not drawn by itself. */
export const rootBox = () => groups(".node.root").map(boxOf)[0];

function boxOf(node) {
  const box = node.getBBox();
  const moved = /translate\(([-\d.]+)[ ,]([-\d.]+)/.exec(node.getAttribute("transform") ?? "")?.slice(1).map(Number) ?? [0, 0];
  return [moved[0] + box.x, moved[1] + box.y, box.width, box.height];
}

/** Puts a picture in place of the last one; says whether its size is another. */
export function putPicture(text) {
  const svg = parseSvg(text);
  if (!svg) return null;
  const before = holder().querySelector("svg");
  const focused = document.activeElement?.closest?.("#picture .node")?.dataset;
  holder().replaceChildren(svg);
  if (focused?.node) groupsOf(focused.node)[0]?.focus({ preventScroll: true });
  const size = (element) => [Number(element?.getAttribute("width")), Number(element?.getAttribute("height"))];
  const [width, height] = size(svg);
  const [oldWidth, oldHeight] = size(before);
  return { width, height, same: width === oldWidth && height === oldHeight };
}

/** Marks groups with a class, and takes it from all others. */
export function markNodes(name, ids) {
  for (const group of groups(`.${name}`)) group.classList.remove(name);
  for (const id of ids) for (const group of groupsOf(id)) group.classList.add(name);
}

export function markEdges(name, ids) {
  for (const group of groups(`.edge.${name}`)) group.classList.remove(name);
  const wanted = new Set(ids);
  for (const group of groups(".edge")) {
    if ((group.dataset.edge ?? "").split(" ").some((id) => wanted.has(id))) group.classList.add(name);
  }
}
