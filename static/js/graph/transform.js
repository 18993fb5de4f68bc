// Views {x, y, k} of a picture: where it stands on the stage and how large.

const SMALLEST = 0.05;
const LARGEST = 6;
/** What is kept free around a picture: at the top stand the tools, in one row or in two, at the bottom the legend. */
export const margin = (host) => ({ top: (host.top ?? 50) + 8, side: host.width < 500 ? 10 : 24, bottom: Math.max(24, host.bottom ?? 0) });
/** Room between a card that was asked for and what lies over the picture. */
const GAP = 10;

export const READABLE = 0.8;
export const NARROWEST = 0.5;

/** Zooms a view {x, y, k} by a factor and keeps the point (px, py) of the screen where it is. */
export function zoomed(view, factor, px, py) {
  const k = Math.min(LARGEST, Math.max(SMALLEST, view.k * factor));
  const ratio = k / view.k;
  return { k, x: px - (px - view.x) * ratio, y: py - (py - view.y) * ratio };
}

/** The view that shows all of a picture, never larger than life. */
export function fitted(picture, host) {
  const free = margin(host);
  const wide = (host.width - 2 * free.side) / picture.width;
  const high = (host.height - free.top - free.bottom) / picture.height;
  const k = Math.max(SMALLEST, Math.min(1.15, wide, high));
  const x = (host.width - picture.width * k) / 2;
  const y = Math.max(free.top, free.top + (host.height - free.top - free.bottom - picture.height * k) / 2);
  return { k, x, y };
}

/**
 * The view to begin with: all of the picture, or where that is too small to read, so much of it as has room at a readable
 * size, around `anchor` [x, y in its own pixels; without one, the middle of its top].
 */
export function opening(picture, host, anchor = [picture.width / 2, 0]) {
  const free = margin(host);
  const all = fitted(picture, host);
  if (all.k >= READABLE) return all;
  const wide = (host.width - 2 * free.side) / picture.width;
  const k = Math.max(all.k, Math.min(1, wide >= NARROWEST ? wide : READABLE));
  const x = centred(picture.width * k, anchor[0] * k, free.side, host.width - free.side);
  return { k, x, y: centred(picture.height * k, anchor[1] * k, free.top, host.height - free.bottom) };
}

/** Where a length begins that has a place of its own in the middle, and leaves no more free at its ends than it must. */
function centred(length, place, from, to) {
  if (length <= to - from) return from + (to - from - length) / 2;
  return Math.min(from, Math.max(to - length, (from + to) / 2 - place));
}

/**
 * How far a box {left, top, right, bottom} has to move so that none of some others lies over it: up where it then stays
 * below `ceiling`, else aside.
 */
export function uncovered(box, covers, ceiling = 0) {
  let dx = 0;
  let dy = 0;
  for (const cover of covers) {
    const apart = box.right + dx + GAP <= cover.left || box.left + dx - GAP >= cover.right || box.bottom + dy + GAP <= cover.top || box.top + dy - GAP >= cover.bottom;
    if (apart) continue;
    const up = cover.top - GAP - box.bottom;
    if (box.top + up >= ceiling) dy = Math.min(dy, up);
    else if (cover.left + cover.right > box.left + box.right) dx += cover.left - GAP - box.right - dx;
    else dx += cover.right + GAP - box.left - dx;
  }
  return { dx, dy };
}
