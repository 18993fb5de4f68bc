// Pan and zoom of the picture: pointers, pinch, wheel, and what buttons and keys ask for.
import { margin, NARROWEST, opening, READABLE, fitted, uncovered, zoomed } from "./transform.js";

/** Room between what is shown and the edge [px]. */
const EDGE = 12;

export class Viewport {
  constructor(host, content, onChange = () => {}) {
    this.host = host;
    this.content = content;
    this.onChange = onChange;
    this.view = { x: 0, y: 0, k: 1 };
    this.size = { width: 1, height: 1 };
    this.card = undefined;
    this.touched = false;
    this.pointers = new Map();
    host.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    host.addEventListener("pointerdown", (event) => this.#down(event));
    host.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) host.addEventListener(name, (event) => this.#up(event));
    new ResizeObserver(() => {
      if (!this.touched) this.#open();
    }).observe(host);
  }

  box() {
    const stage = this.host.parentElement;
    const legend = stage.querySelector(".legend")?.offsetHeight ?? 0;
    const { clientWidth: width, clientHeight: height } = this.host;
    return { width, height, top: stage.querySelector(".tools")?.offsetHeight, bottom: legend && legend + 2 * EDGE };
  }

  set(view) {
    this.view = view;
    this.content.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.k})`;
    this.onChange(this);
  }

  /** A new picture and the card that matters most in it: the view stays where the person put it, unless it is of another graph. */
  resize(width, height, fresh, card) {
    this.size = { width, height };
    this.card = card;
    if (fresh) this.touched = false;
    if (this.touched) this.set(this.view);
    else this.#open();
  }

  /** Shows what a picture opens with: the card that matters most [x, y, width, height], and what is around it. */
  #open() {
    const view = opening(this.size, this.box(), this.card && [this.card[0] + this.card[2] / 2, this.card[1] + this.card[3] / 2]);
    this.set(view);
    if (!this.card) return;
    const host = this.host.getBoundingClientRect();
    const [left, top] = [host.left + view.x + this.card[0] * view.k, host.top + view.y + this.card[1] * view.k];
    const card = { left, top, right: left + this.card[2] * view.k, bottom: top + this.card[3] * view.k };
    const { dx, dy } = uncovered(card, this.#covers(), host.top + margin(this.box()).top);
    if (dx || dy) this.set({ ...view, x: view.x + dx, y: view.y + dy });
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
    const ceiling = host.top + free.top;
    const dx = low(box.left, box.width, host.left + free.side, host.right - free.side);
    const dy = low(box.top, box.height, ceiling, host.bottom - EDGE);
    const moved = { left: box.left + dx, right: box.right + dx, top: box.top + dy, bottom: box.bottom + dy };
    const more = uncovered(moved, this.#covers(), ceiling);
    if (dx + more.dx || dy + more.dy) this.pan(dx + more.dx, dy + more.dy);
  }

  /** Where the map and the legend lie over the picture, and on a phone the stepper. */
  #covers() {
    const all = [...this.host.parentElement.querySelectorAll(".minimap, .legend"), ...document.querySelectorAll(".stepper")];
    return all.map((cover) => cover.getBoundingClientRect()).filter((cover) => cover.width > 0);
  }

  /** On a phone the page is longer than the window: scrolls to the stage where little of it is in sight. */
  #comeIntoWindow() {
    const { top } = this.host.getBoundingClientRect();
    if (top < -50 || top > innerHeight / 2) this.host.parentElement.scrollIntoView({ block: "start" });
  }

  #isInSight(element) {
    const host = this.host.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const { top } = margin(this.box());
    return box.left >= host.left && box.right <= host.right && box.top >= host.top + top && box.bottom <= host.bottom;
  }

  /** Brings an element that was asked for into sight, at a size that can be read, with what is around it. */
  approach(element, { scroll = true } = {}) {
    if (this.view.k < NARROWEST) {
      const host = this.host.getBoundingClientRect();
      const box = element.getBoundingClientRect();
      this.zoom(READABLE / this.view.k, box.left + box.width / 2 - host.left, box.top + box.height / 2 - host.top);
    }
    if (scroll) this.#comeIntoWindow();
    if (!this.#isInSight(element)) {
      const host = this.host.getBoundingClientRect();
      const box = element.getBoundingClientRect();
      const middle = (host.left + host.right) / 2;
      this.pan(middle - (box.left + box.right) / 2, (host.top + margin(this.box()).top + host.bottom - box.top - box.bottom) / 2);
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
