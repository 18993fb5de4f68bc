// Copying: of a text, and by the buttons that carry one.
import { say } from "./words.js";

/** Copies a text; says so in the status line. */
export async function copy(page, text, field = null) {
  try {
    await navigator.clipboard.writeText(text);
    page.view.tell(say("copied"));
  } catch {
    field?.select();
    page.view.tell(say("copy.failed"));
  }
}

export function startCopying(page) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(page, button.dataset.copy);
  });
}
