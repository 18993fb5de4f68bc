// Pan and zoom of the picture: pointers, pinch, wheel, and what buttons and keys ask for.

const SMALLEST = 0.05;
const LARGEST = 6;
/** What is kept free around a picture: at the top stand the tools, in one row or in two. */
const margin = (host) => ({ top: (host.top ?? 50) + 8, side: host.width < 500 ? 10 : 24, bottom: 24 });

const READABLE = 0.8;
const NARROWEST = 0.5;

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
 * The view to begin with: all of the picture, or where that is too small to read, its top at a readable size.
 * Of a picture that is too wide as well, the part around `anchor` [its own pixels from the left] is shown.
 */
export function opening(picture, host, anchor = picture.width / 2) {
  const free = margin(host);
  const all = fitted(picture, host);
  if (all.k >= READABLE) return all;
  const wide = (host.width - 2 * free.side) / picture.width;
  const k = Math.max(all.k, Math.min(1, wide >= NARROWEST ? wide : READABLE));
  const spare = host.width - picture.width * k;
  const x = spare >= 2 * free.side ? spare / 2 : Math.min(free.side, Math.max(spare - free.side, host.width / 2 - anchor * k));
  return { k, x, y: free.top };
}

export class Viewport {
  constructor(host, content, onChange = () => {}) {
    this.host = host;
    this.content = content;
    this.onChange = onChange;
    this.view = { x: 0, y: 0, k: 1 };
    this.size = { width: 1, height: 1 };
    this.anchor = undefined;
    this.touched = false;
    this.pointers = new Map();
    host.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    host.addEventListener("pointerdown", (event) => this.#down(event));
    host.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) host.addEventListener(name, (event) => this.#up(event));
    new ResizeObserver(() => {
      if (!this.touched) this.set(opening(this.size, this.box(), this.anchor));
    }).observe(host);
  }

  box() {
    const tools = this.host.parentElement.querySelector(".tools");
    return { width: this.host.clientWidth, height: this.host.clientHeight, top: tools?.offsetHeight };
  }

  set(view) {
    this.view = view;
    this.content.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.k})`;
    this.onChange(this);
  }

  /** A new picture: the view stays where the person put it, unless it is of another graph. */
  resize(width, height, fresh, anchor) {
    this.size = { width, height };
    this.anchor = anchor;
    if (fresh) this.touched = false;
    this.set(this.touched ? this.view : opening(this.size, this.box(), anchor));
  }

  fit() {
    this.touched = true;
    this.set(fitted(this.size, this.box()));
  }

  zoom(factor, px = this.host.clientWidth / 2, py = this.host.clientHeight / 2) {
    this.touched = true;
    this.set(zoomed(this.view, factor, px, py));
  }

  pan(dx, dy) {
    this.touched = true;
    this.set({ ...this.view, x: this.view.x + dx, y: this.view.y + dy });
  }

  /** Brings an element of the picture into sight, with as little movement as it takes. */
  show(element) {
    const host = this.host.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const low = (start, size, from, to) => (size > to - from || start < from ? from - start : Math.min(0, to - start - size));
    const free = margin(this.box());
    const dx = low(box.left, box.width, host.left + free.side, host.right - free.side);
    const dy = low(box.top, box.height, host.top + free.top, host.bottom - free.bottom);
    if (dx || dy) this.pan(dx, dy);
  }

  /** Brings an element that was asked for into sight, at a size that can be read. */
  approach(element) {
    if (this.view.k < NARROWEST) {
      const host = this.host.getBoundingClientRect();
      const box = element.getBoundingClientRect();
      this.zoom(READABLE / this.view.k, box.left + box.width / 2 - host.left, box.top + box.height / 2 - host.top);
    }
    this.show(element);
  }

  #wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      const host = this.host.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * unit * 0.002), event.clientX - host.left, event.clientY - host.top);
    } else if (event.shiftKey && !event.deltaX) this.pan(-event.deltaY * unit, 0);
    else this.pan(-event.deltaX * unit, -event.deltaY * unit);
  }

  #down(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.moved = 0;
  }

  #move(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    const next = { x: event.clientX, y: event.clientY };
    if (this.pointers.size === 2) {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const after = Math.hypot(next.x - other.x, next.y - other.y);
      const host = this.host.getBoundingClientRect();
      if (before > 0) this.zoom(after / before, (next.x + other.x) / 2 - host.left, (next.y + other.y) / 2 - host.top);
      this.pan((next.x - last.x) / 2, (next.y - last.y) / 2);
    } else {
      this.moved += Math.abs(next.x - last.x) + Math.abs(next.y - last.y);
      if (this.moved > 4) {
        if (!this.host.classList.contains("dragging")) this.host.setPointerCapture(event.pointerId);
        this.host.classList.add("dragging");
        this.pan(next.x - last.x, next.y - last.y);
      }
    }
    this.pointers.set(event.pointerId, next);
  }

  #up(event) {
    this.pointers.delete(event.pointerId);
    // The click that ends a drag comes after this: it must still see the class.
    if (this.pointers.size === 0) setTimeout(() => this.host.classList.remove("dragging"));
  }
}
