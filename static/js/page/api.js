// Asking the server: one outcome for each way that it can answer or fail to.

const FIRST_WAIT = 1;
const LONGEST_WAIT = 30;

/** Seconds to wait before try number attempt (from 1): doubling, or what the server asks for. */
export function waitFor(attempt, retryAfter = null) {
  const asked = Number(retryAfter);
  if (retryAfter !== null && Number.isFinite(asked) && asked >= 0) return Math.min(Math.max(asked, 1), LONGEST_WAIT);
  return Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT);
}

let state = {};
let inspector = {};
let series = {};

/** What the page has already, for a request: the server leaves it out where it would be the same. */
export function withHeld(body, has = { state, inspector, series }) {
  const names = { held: has.state.held, inspected: has.inspector.inspected, curve: has.series?.curve };
  return { ...body, ...Object.fromEntries(Object.entries(names).filter(([, name]) => name)) };
}

/** An answer with all that was left out of it, because the page had it when it asked. */
export function complete(data, has) {
  const whole = { ...data, html: { ...data.html } };
  if (data.svg !== undefined && data.index === undefined && data.held && data.held === has.state.held) {
    const { index, inputs, cotangent, html } = has.state;
    Object.assign(whole, { index, inputs, cotangent });
    whole.html = { ...html, ...whole.html };
  }
  if (data.html?.inspector === undefined && data.inspected && data.inspected === has.inspector.inspected) {
    whole.html.inspector = has.inspector.html;
  }
  if (data.series === undefined && data.curve && data.curve === has.series?.curve) whole.series = has.series.series;
  return whole;
}

/** Remembers what a complete answer has that later ones may leave out. */
function keep(data) {
  if (data.held && data.index) {
    const { console, variables, inputs } = data.html;
    state = { held: data.held, index: data.index, inputs: data.inputs, cotangent: data.cotangent, html: { console, variables, inputs } };
  }
  if (data.curve && data.series) series = { curve: data.curve, series: data.series };
  if (data.inspected && data.html.inspector !== undefined) {
    inspector = { inspected: data.inspected, html: data.html.inspector };
  }
}

/**
 * Posts to /run. The outcome's kind is
 *   "answer"   {status, data}: the program ran (200), or was refused (4xx) with its problems in data,
 *   "wait"     {reason: "offline" | "busy" | "limited", retryAfter}: try again later,
 *   "failed"   {status, detail}: no use in trying again,
 *   "aborted".
 */
export async function postRun(body, signal, fetcher = fetch) {
  let response;
  const has = { state, inspector, series };
  try {
    response = await fetcher(`/run`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(withHeld(body, has)),
      signal,
    });
  } catch {
    return signal?.aborted ? { kind: "aborted" } : { kind: "wait", reason: "offline", retryAfter: null };
  }
  const retryAfter = response.headers.get("Retry-After");
  if (response.status === 429) return { kind: "wait", reason: "limited", retryAfter };
  if (response.status === 503 || response.status === 502 || response.status === 504) {
    return { kind: "wait", reason: "busy", retryAfter };
  }
  try {
    const data = await response.json();
    if (data.html) {
      const whole = complete(data, has);
      keep(whole);
      return { kind: "answer", status: response.status, data: whole };
    }
    if (response.ok) return { kind: "answer", status: response.status, data };
    return { kind: "failed", status: response.status, detail: data.detail ?? "" };
  } catch {
    return signal?.aborted ? { kind: "aborted" } : { kind: "failed", status: response.status, detail: "" };
  }
}
