// Asking the server: one outcome for each way that it can answer or fail to.

const FIRST_WAIT = 1;
const LONGEST_WAIT = 30;

/** Seconds to wait before try number attempt (from 1): doubling, or what the server asks for. */
export function waitFor(attempt, retryAfter = null) {
  const asked = Number(retryAfter);
  if (retryAfter !== null && Number.isFinite(asked) && asked >= 0) return Math.min(Math.max(asked, 1), LONGEST_WAIT);
  return Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT);
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
  try {
    response = await fetcher(`/run`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
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
    if (data.html || response.ok) return { kind: "answer", status: response.status, data };
    return { kind: "failed", status: response.status, detail: data.detail ?? "" };
  } catch {
    return signal?.aborted ? { kind: "aborted" } : { kind: "failed", status: response.status, detail: "" };
  }
}
