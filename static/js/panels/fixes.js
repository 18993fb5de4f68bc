// Fixes: each is tried by the server before it is shown, after the picture is there.
import { postRun } from "../page/api.js";
import { bodyOf } from "../page/runner.js";

/** How long a program stays as it is before its fixes are tried [ms]: not while a slider moves. */
const PAUSE = 300;

export function startFixes(page) {
  let asking = null;
  let waiting = null;

  page.view.after((answer, state) => {
    asking?.abort();
    clearTimeout(waiting);
    if (answer.untried) waiting = setTimeout(() => ask(state), PAUSE);
  });

  async function ask(state) {
    asking = new AbortController();
    const outcome = await postRun({ ...bodyOf(state), fixes: true, parts: ["problems"] }, asking.signal);
    if (outcome.kind === "answer" && outcome.data.html?.problems !== undefined) page.view.amend(outcome.data);
  }
}
