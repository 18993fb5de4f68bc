// The check: gradients beside finite differences, asked for by a click.
import { postRun } from "../page/api.js";
import { byId } from "../page/dom.js";
import { bodyOf } from "../page/runner.js";
import { say } from "../page/words.js";

export function startCheck(page) {
  const panel = byId("check");
  const button = panel.innerHTML;
  let asked = null;

  panel.addEventListener("click", async (event) => {
    if (!event.target.closest("#check-button")) return;
    event.preventDefault();
    event.target.disabled = true;
    page.view.tell(say("run.running"));
    const state = page.store.get();
    const outcome = await postRun({ ...bodyOf(state), check: true, parts: ["check"] });
    if (outcome.kind === "answer" && outcome.data.html.check) {
      asked = state;
      panel.innerHTML = outcome.data.html.check;
      panel.focus();
      page.view.tell("");
    } else {
      panel.innerHTML = button;
      page.view.tell(say("run.busy", { seconds: 5 }), true);
    }
  });
  page.store.on(["source", "inputs", "gradient"], () => {
    if (asked) panel.innerHTML = button;
    asked = null;
  });
}
