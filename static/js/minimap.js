// The small picture of a large graph: cards as dots, the part in sight as a frame; drag to move.
import { byId } from "./dom.js";
import { fitted } from "./viewport.js";

/** Below this scale a picture that is shown whole can no longer be read, so one is lost in a part of it. */
const LEGIBLE = 0.5;

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
  let seen = null;
  let mover = () => {};

  function paint() {
    if (map.hidden || !seen) return;
    const width = map.clientWidth;
    const height = map.clientHeight;
    const ratio = devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const at = placing(seen.size, { width, height });
    const colours = getComputedStyle(document.documentElement);
    pen.fillStyle = colours.getPropertyValue("--line-strong");
    for (const [x, y, w, h] of boxes) pen.fillRect(at.x + x * at.k, at.y + y * at.k, Math.max(1, w * at.k), Math.max(1, h * at.k));
    const { view } = seen;
    const box = seen.box();
    pen.strokeStyle = colours.getPropertyValue("--gradient-fill");
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
      map.hidden = cards.length < 20 && fitted(viewport.size, viewport.box()).k >= LEGIBLE;
      paint();
    },
    move(viewport) {
      seen = viewport;
      paint();
    },
  };
}
