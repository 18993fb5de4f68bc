// The widths of the columns: dragged, or moved with the arrow keys; remembered.
import { byId } from "./dom.js";

const KEY = "chainrule.widths";
const STEP = 2;

/** A share of the window held between a fifth and a half [percent]. */
export const held = (share) => Math.min(50, Math.max(18, Math.round(share * 10) / 10));

export function startSplitters() {
  const work = document.querySelector(".work");
  const widths = {};

  function set(side, share) {
    widths[side] = held(share);
    work.style.setProperty(`--${side}`, `${widths[side]}%`);
    byId(`split-${side}`).setAttribute("aria-valuenow", Math.round(widths[side]));
    try {
      localStorage.setItem(KEY, JSON.stringify(widths));
    } catch {
      // Storage may be refused: the widths last as long as the page.
    }
  }

  for (const side of ["left", "right"]) {
    const splitter = byId(`split-${side}`);
    const share = () => (100 * document.querySelector(`.${side}`).offsetWidth) / work.offsetWidth;
    splitter.setAttribute("aria-valuemin", "18");
    splitter.setAttribute("aria-valuemax", "50");
    splitter.setAttribute("aria-valuenow", Math.round(share()));
    splitter.addEventListener("pointerdown", (event) => splitter.setPointerCapture(event.pointerId));
    splitter.addEventListener("pointermove", (event) => {
      if (!splitter.hasPointerCapture(event.pointerId)) return;
      const at = (100 * (event.clientX - work.offsetLeft)) / work.offsetWidth;
      set(side, side === "left" ? at : 100 - at);
    });
    splitter.addEventListener("keydown", (event) => {
      const towards = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
      if (!towards) return;
      event.preventDefault();
      set(side, share() + (side === "left" ? towards : -towards));
    });
  }
  try {
    for (const [side, share] of Object.entries(JSON.parse(localStorage.getItem(KEY) ?? "{}"))) {
      if ((side === "left" || side === "right") && Number.isFinite(share)) set(side, share);
    }
  } catch {
    // What is stored is not readable: the widths start as they are.
  }
}
