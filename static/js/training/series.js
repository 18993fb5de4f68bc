// A training loop: the loss as a curve above the picture, a scrubber over its passes, play.
import { byId, calm } from "../page/dom.js";
import { say } from "../page/words.js";
import { acrossOf, heightOf, iterationsOf, linesOf, numberAt, placeAt, turnOf } from "./curve.js";

/** How long a run through all passes takes, and one pass at least and at most [ms]. */
const WHOLE_MS = 10_000;
const QUICKEST_MS = 33;
const SLOWEST_MS = 700;
const SIZE = { width: 600, height: 48 };
const SVG = "http://www.w3.org/2000/svg";

export function startSeries(page) {
  const { store } = page;
  const panel = byId("series");
  const range = byId("series-range");
  const select = byId("series-select");
  const plot = byId("series-plot");
  let shown = null;
  let drawn = null;
  let place = 0;
  let timer = 0;

  const playing = () => panel.classList.contains("playing");
  const draw = (tag, attributes) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  function pause() {
    clearTimeout(timer);
    panel.classList.remove("playing");
    byId("series-play").setAttribute("aria-label", say("series.play"));
  }

  /** Goes to a place of the series, counted from 0. */
  function go(to) {
    if (!shown?.passes) return;
    place = Math.max(0, Math.min(to, shown.passes.length - 1));
    mark();
    const pass = shown.passes[place];
    if (pass !== (store.get().pass ?? null)) store.set({ pass }, "step");
  }

  /** Goes to a pass, of whichever series. */
  function goToPass(pass) {
    pause();
    store.set({ pass, step: null }, "step");
  }

  function step(by) {
    pause();
    go(place + by);
  }

  /** Goes to where an iteration of the outermost loop begins. */
  function turn(by) {
    if (!shown?.passes) return;
    pause();
    go(shown.axes.length > 1 ? turnOf(shown.places, place, 0, by) : by < 0 ? 0 : shown.passes.length - 1);
  }

  function beat() {
    if (!shown?.passes || place >= shown.passes.length - 1) return pause();
    // A picture that is still on its way is waited for: no pass of a slow program is left out.
    if (page.runner.isFree()) go(place + 1);
    const pause_ms = Math.max(QUICKEST_MS, Math.min(SLOWEST_MS, WHOLE_MS / shown.passes.length));
    timer = setTimeout(beat, calm() ? Math.max(pause_ms, SLOWEST_MS) : pause_ms);
  }

  function toggle() {
    if (playing()) return pause();
    if (!shown?.passes) return;
    page.stepper.pause();
    panel.classList.add("playing");
    byId("series-play").setAttribute("aria-label", say("series.pause"));
    if (place >= shown.passes.length - 1) go(0);
    beat();
  }

  function words() {
    const parts = iterationsOf(shown.places, place).map(({ number, count }, axis) =>
      say("series.iteration", { name: shown.axes[axis], number, count }),
    );
    return parts.join(" · ");
  }

  /** Marks where the pass that is asked for stands. */
  function mark() {
    range.value = place;
    byId("series-place").textContent = words();
    range.setAttribute("aria-valuetext", words());
    const { scale } = drawn;
    const x = acrossOf(place, shown.passes.length) * SIZE.width;
    plot.querySelector(".here")?.remove();
    const group = draw("g", { class: "here" });
    group.append(draw("line", { x1: x, x2: x, y1: 0, y2: SIZE.height }));
    const number = numberAt(shown.curve, place);
    if (scale && Number.isFinite(number)) {
      const y = SIZE.height - 4 - heightOf(number, scale) * (SIZE.height - 8);
      group.append(draw("path", { d: `M${x} ${y}h0.01`, class: "dot" }));
    }
    plot.append(group);
  }

  function paint() {
    drawn = linesOf(shown.curve, shown.passes.length, SIZE);
    plot.replaceChildren(
      ...drawn.bad.map((x) => draw("line", { x1: x, x2: x, y1: 0, y2: SIZE.height, class: "bad" })),
      ...drawn.paths.map((d) => draw("path", { d, class: "curve" })),
    );
    plot.setAttribute("aria-label", say("series.curve", { name: nameOf(), count: shown.passes.length, low: shown.low, high: shown.high }));
    byId("series-high").textContent = shown.high;
    byId("series-low").textContent = shown.low;
    range.max = shown.passes.length - 1;
  }

  const nameOf = () => shown.list.find((one) => one.number === shown.shown)?.name ?? "";

  function show(answer) {
    const series = answer.series ?? null;
    panel.hidden = !series?.list.length;
    panel.parentElement.classList.toggle("with-series", !panel.hidden);
    if (panel.hidden) {
      shown = null;
      return pause();
    }
    const fresh = series !== shown;
    shown = series;
    panel.classList.toggle("no-pass", !series.passes);
    if (fresh) {
      const options = series.list.map((one) => new Option(one.line ? say("series.name", one) : one.name, one.number));
      if (!series.passes) options.unshift(new Option(say("series.none"), ""));
      select.replaceChildren(...options);
      byId("series-label").hidden = options.length < 2;
    }
    select.value = series.shown ?? "";
    if (!series.passes) return pause();
    if (fresh) paint();
    if (!playing() || fresh) place = answer.now?.place ?? place;
    byId("series-loss").textContent = answer.now ? `${nameOf()} ${answer.now.loss}` : "";
    mark();
  }

  const partOf = (event) => {
    const box = plot.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  };
  const scrub = (event) => {
    pause();
    go(placeAt(partOf(event), shown.passes.length));
  };
  plot.addEventListener("pointerdown", (event) => {
    if (!shown?.passes) return;
    plot.setPointerCapture(event.pointerId);
    scrub(event);
  });
  plot.addEventListener("pointermove", (event) => event.buttons && plot.hasPointerCapture(event.pointerId) && scrub(event));
  range.addEventListener("input", () => {
    pause();
    go(Number(range.value));
  });
  select.addEventListener("change", () => {
    const chosen = shown?.list.find((one) => String(one.number) === select.value);
    if (chosen) goToPass(chosen.last);
  });
  byId("series-first").addEventListener("click", () => step(-Infinity));
  byId("series-back").addEventListener("click", () => step(-1));
  byId("series-play").addEventListener("click", toggle);
  byId("series-forward").addEventListener("click", () => step(1));
  byId("series-last").addEventListener("click", () => step(Infinity));
  document.addEventListener("click", (event) => {
    const pass = event.target.closest?.("[data-pass]")?.dataset.pass;
    if (pass) goToPass(Number(pass));
  });
  page.view.after((answer, state, { ran }) => ran && show(answer));
  store.on(["source"], pause);
  return {
    toggle,
    step,
    turn,
    pause,
    goToPass,
    /** The pass at a part of the width of a chart, from 0 to 1. */
    passAt: (part) => (shown?.passes ? shown.passes[placeAt(part, shown.passes.length)] : null),
  };
}
