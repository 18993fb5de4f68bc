// The small picture of a large graph: cards as dots, the part in sight as a frame; drag to move.
import { byId } from "../page/dom.js";
import { fitted } from "./transform.js";

/** Below this scale a picture that is shown whole can no longer be read, so one is lost in a part of it. */
const LEGIBLE = 0.5;
/** Cards from which a map tells something; on a stage narrower than this there is little room, and many it must be. */
const MANY = 20;
const NARROW = 500;
/** How much of a picture may be out of sight before a map is of use [its pixels on the screen]. */
const SLACK = 4;

/** Whether a view {x, y, k} shows all of a picture. */
export const showsAll = (view, size, box) =>
  view.x >= -SLACK && view.y >= -SLACK && view.x + size.width * view.k <= box.width + SLACK && view.y + size.height * view.k <= box.height + SLACK;

/** How a picture of a size stands in a map of a size: scale and offset. */
export function placing(picture, map) {
  const k = Math.min(map.width / picture.width, map.height / picture.height);
  return { k, x: (map.width - picture.width * k) / 2, y: (map.height - picture.height * k) / 2 };
}

export function startMinimap() {
  const map = byId("minimap");
  const canvas = document.createElement("canvas");
  map.append(canvas);
  let boxes = [];
  let useful = false;
  let seen = null;
  let mover = () => {};

  function paint() {
    map.hidden = !seen || !useful || showsAll(seen.view, seen.size, seen.box());
    if (map.hidden) return;
    const width = map.clientWidth;
    const height = map.clientHeight;
    const ratio = devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const at = placing(seen.size, { width, height });
    const colours = getComputedStyle(document.documentElement);
    pen.fillStyle = colours.getPropertyValue("--wire");
    for (const [x, y, w, h] of boxes) pen.fillRect(at.x + x * at.k, at.y + y * at.k, Math.max(1, w * at.k), Math.max(1, h * at.k));
    const { view } = seen;
    const box = seen.box();
    pen.strokeStyle = colours.getPropertyValue("--backward");
    pen.lineWidth = 2;
    pen.strokeRect(at.x - (view.x / view.k) * at.k, at.y - (view.y / view.k) * at.k, (box.width / view.k) * at.k, (box.height / view.k) * at.k);
  }

  map.addEventListener("pointerdown", (event) => map.setPointerCapture(event.pointerId));
  map.addEventListener("pointermove", (event) => {
    if (!event.buttons || !seen) return;
    const at = placing(seen.size, { width: map.clientWidth, height: map.clientHeight });
    mover((-event.movementX / at.k) * seen.view.k, (-event.movementY / at.k) * seen.view.k);
  });

  return {
    onMove: (callback) => (mover = callback),
    draw(cards, viewport) {
      seen = viewport;
      boxes = cards;
      const box = viewport.box();
      useful = cards.length >= MANY || (box.width >= NARROW && fitted(viewport.size, box).k < LEGIBLE);
      paint();
    },
    move(viewport) {
      seen = viewport;
      paint();
    },
  };
}
