// Decides when the server is asked: after a pause in typing, at once for Run, one at a time while a slider moves.
import { postRun, waitFor } from "./api.js";
import { say } from "./words.js";

const PAUSE_MS = 350;
const LATE_MS = 400;
const FLIGHTS = 2;

/** What /run is told of a state. */
export function bodyOf(state, parts = []) {
  const options = { ...state.more };
  if (state.view !== "both") options.view = state.view;
  if (state.pass) options.pass = String(state.pass);
  if (state.step) options.step = String(state.step);
  if (state.open.length) options.open = state.open.join(",");
  if (state.closed.length) options.closed = state.closed.join(",");
  const body = { source: state.source, inputs: state.inputs, options, parts };
  if (state.node) body.node = state.node;
  if (state.pass) body.pass_index = state.pass;
  if (state.gradient !== null && state.gradient !== undefined) body.gradient = state.gradient;
  if (state.seed) body.seed = state.seed;
  return body;
}

export class Runner {
  /** store: the state; show(answer): called with each answer; tell(text, trouble): the status line; busy(whether). */
  constructor(store, show, tell, busy) {
    this.store = store;
    this.show = show;
    this.tell = tell;
    this.busy = busy;
    this.timer = 0;
    this.attempt = 0;
    this.asked = 0;
    this.shown = 0;
    this.flights = new Map();
    this.again = false;
  }

  /** Runs after a pause; each further call starts the pause anew and cancels what runs. */
  soon() {
    this.cancel();
    this.busy(true);
    this.timer = setTimeout(() => this.now(), PAUSE_MS);
  }

  /** Runs at once and cancels what runs. */
  now() {
    this.cancel();
    return this.#ask();
  }

  /**
   * Runs at once, or as soon as one of the running requests has answered: none is cancelled, so each answer is a
   * picture, and the server works on the next one while this one is drawn.
   */
  frame() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.flights.size >= FLIGHTS) this.again = true;
    else return this.#ask();
  }

  /** Whether a further request would be sent at once. */
  isFree() {
    return this.flights.size < FLIGHTS && !this.again;
  }

  cancel() {
    clearTimeout(this.timer);
    this.timer = 0;
    for (const aborter of this.flights.values()) aborter.abort();
    this.flights.clear();
    this.again = false;
  }

  /** Says that what is shown is what the page says, unless something was asked since. */
  #rest() {
    if (!this.flights.size && !this.timer) this.busy(false);
  }

  async #ask() {
    const flight = (this.asked += 1);
    this.busy(true);
    const aborter = new AbortController();
    this.flights.set(flight, aborter);
    const state = this.store.get();
    const started = performance.now();
    const late = setTimeout(() => this.tell(say("run.running")), LATE_MS);
    const outcome = await postRun(bodyOf(state), aborter.signal);
    clearTimeout(late);
    if (!this.flights.delete(flight) || outcome.kind === "aborted") return;
    if (outcome.kind === "answer") {
      this.attempt = 0;
      if (flight > this.shown) {
        this.shown = flight;
        this.show(outcome.data, state, performance.now() - started);
      }
      if (!this.again) return this.#rest();
      this.again = false;
      await this.#ask();
    } else if (outcome.kind === "failed") {
      this.tell([say("run.failed", { status: outcome.status }), outcome.detail].join(" "), true);
      this.#rest();
    } else {
      this.cancel();
      this.attempt += 1;
      const seconds = waitFor(this.attempt, outcome.retryAfter);
      this.tell(say(`run.${outcome.reason}`, { seconds }), true);
      this.timer = setTimeout(() => this.now(), seconds * 1000);
    }
  }
}
