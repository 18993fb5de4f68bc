// The stepper: forward operation by operation, then backward node by node; each step is said in one sentence.
import { byId } from "../page/dom.js";
import { say } from "../page/words.js";

const BEAT_MS = 1400;
/** The step after backward, as addresses call it. */
const UPDATE = "optimizer";

export function startStepper(page) {
  const { store } = page;
  const range = byId("step-range");
  const stepper = byId("stepper");
  let count = 0;
  let forward = 0;
  let whole = 0;
  let update = 0;
  let timer = 0;

  const playing = () => stepper.classList.contains("playing");
  /** The step that is shown, counted from 1; what an optimizer does after the pass comes last. */
  const at = () => (store.get().step === UPDATE ? count : (store.get().step ?? whole));

  function pause() {
    clearTimeout(timer);
    stepper.classList.remove("playing");
    byId("step-play").setAttribute("aria-label", say("step.play"));
  }

  /** Goes to a step, counted from 1; the one after which all is there is the whole picture. */
  function go(step) {
    const next = Math.max(1, Math.min(step, count));
    store.set({ step: next === whole ? null : update && next === count ? UPDATE : next }, "step");
  }

  function beat() {
    if (at() >= count) return pause();
    go(at() + 1);
    timer = setTimeout(beat, BEAT_MS / Number(byId("step-speed").value));
  }

  function toggle() {
    if (playing()) return pause();
    if (count === 0) return;
    stepper.classList.add("playing");
    byId("step-play").setAttribute("aria-label", say("step.pause"));
    if (store.get().step === null || at() >= count) store.set({ step: 1 }, "step");
    timer = setTimeout(beat, BEAT_MS / Number(byId("step-speed").value));
  }

  function step(by) {
    pause();
    go(at() + by);
  }

  function show(answer, state) {
    update = answer.steps?.update ?? 0;
    count = (answer.steps?.count ?? 0) + update;
    forward = answer.steps?.forward ?? 0;
    whole = answer.steps?.whole ?? count;
    stepper.classList.toggle("no-steps", count === 0);
    range.max = Math.max(1, count);
    range.min = 1;
    range.value = at();
    range.disabled = count === 0;
    stepper.style.setProperty("--forward-part", `${count ? (100 * forward) / count : 0}%`);
    const now = answer.step;
    byId("step-text").textContent = now?.sentence ?? "";
    byId("step-text").title = now?.sentence ?? "";
    byId("step-place").textContent = now ? placeOf(now) : "";
    range.setAttribute("aria-valuetext", now ? `${placeOf(now)}: ${now.sentence}` : "");
    if (now?.node && state.step) page.stage.follow(now.node);
  }

  function placeOf(now) {
    if (now.phase === "update") return say("step.update", { pass: now.pass });
    return now.phase === "forward"
      ? say("step.forward", { step: now.number, count: forward })
      : say("step.backward", { step: now.number - forward, count: count - update - forward, pass: now.pass });
  }

  range.addEventListener("input", () => {
    pause();
    go(Number(range.value));
  });
  byId("step-first").addEventListener("click", () => step(-Infinity));
  byId("step-back").addEventListener("click", () => step(-1));
  byId("step-forward").addEventListener("click", () => step(1));
  byId("step-last").addEventListener("click", () => step(Infinity));
  byId("step-play").addEventListener("click", toggle);
  page.view.after((answer, state, { ran }) => ran && show(answer, state));
  store.on(["source"], pause);
  return { toggle, step, go, pause };
}
