// Further options of the picture: direction, what lines say, what is shown beside the graph itself.
import { byId } from "../page/dom.js";

const DEFAULTS = { direction: "TB", labels: "none", widths: "off", constants: "on", detached: "on", saved: "off" };

/** The options with one changed; what has its default is left out. */
export function withOption(more, name, value) {
  const { [name]: _, ...others } = more;
  return value === DEFAULTS[name] ? others : { ...others, [name]: value };
}

export function startOptions(page) {
  const menu = byId("options");
  const button = byId("options-button");
  const fields = [...menu.querySelectorAll("[data-option]")];
  const valueOf = (field) => (field.type === "checkbox" ? (field.checked ? "on" : "off") : field.value);

  function show({ more }) {
    for (const field of fields) {
      const value = more[field.dataset.option] ?? DEFAULTS[field.dataset.option];
      if (field.type === "checkbox") field.checked = value === "on";
      else field.value = value;
    }
  }

  function toggle(open) {
    menu.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) fields[0].focus();
  }

  menu.addEventListener("change", (event) => {
    const { option } = event.target.dataset;
    if (option) page.store.set({ more: withOption(page.store.get().more, option, valueOf(event.target)) }, "view");
  });
  button.addEventListener("click", () => toggle(menu.hidden));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    toggle(false);
    button.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.hidden && !event.target.closest("#options, #options-button")) toggle(false);
  });
  page.store.on(["more"], show);
  show(page.store.get());
}
