// The tabs under the editor.
import { byId } from "../page/dom.js";

const TABS = ["console", "variables", "check"];

export function startTabs() {
  function choose(name, focus = false) {
    for (const tab of TABS) {
      const button = byId(`tab-${tab}`);
      button.setAttribute("aria-selected", String(tab === name));
      button.tabIndex = tab === name ? 0 : -1;
      byId(tab).hidden = tab !== name;
      if (focus && tab === name) button.focus();
    }
  }
  for (const [place, name] of TABS.entries()) {
    const button = byId(`tab-${name}`);
    button.addEventListener("click", () => choose(name));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) choose(TABS[(place + step + TABS.length) % TABS.length], true);
    });
    byId(name).setAttribute("role", "tabpanel");
    byId(name).setAttribute("aria-labelledby", `tab-${name}`);
  }
  choose("console");
}
