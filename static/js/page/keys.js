// Keys that work wherever no text is being typed.
import { byId, hasMod, isTyping } from "./dom.js";
import { openDialog } from "./dialogs.js";

const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

const KEY = "chainrule.keys";

/** Keys alone can be switched off: speech input types them by the dozen. */
function startSwitch() {
  const box = byId("single-keys");
  try {
    box.checked = localStorage.getItem(KEY) !== "off";
    box.addEventListener("change", () => localStorage.setItem(KEY, box.checked ? "on" : "off"));
  } catch {
    // Storage may be refused: the switch lasts as long as the page.
  }
  return () => box.checked;
}

export function startKeys(page) {
  const { stage, stepper, series } = page;
  const isOn = startSwitch();
  const keys = {
    "?": () => openDialog("keys"),
    e: () => page.dialogs.openGallery(),
    s: () => byId("share-button").click(),
    t: () => byId("table-button").click(),
    "/": () => stage.search.open(),
    "+": () => stage.viewport.zoom(1.25),
    "=": () => stage.viewport.zoom(1.25),
    "-": () => stage.viewport.zoom(0.8),
    0: () => stage.viewport.fit(),
    " ": () => stepper.toggle(),
    ",": () => stepper.step(-1),
    ".": () => stepper.step(1),
    "[": () => series.step(-1),
    "]": () => series.step(1),
    "{": () => series.turn(-1),
    "}": () => series.turn(1),
    p: () => series.toggle(),
    Home: () => stepper.go(0),
    End: () => stepper.go(Infinity),
    Escape: () => page.store.set({ node: null }, "select"),
  };
  document.addEventListener("keydown", (event) => {
    if (hasMod(event) && event.key === "Enter") {
      event.preventDefault();
      page.runner.now();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || isTyping(event.target)) return;
    const onPicture = event.target.closest?.("#viewport") || event.target === document.body;
    const onButton = event.target.closest?.("button, a, summary, input, [role=tab]");
    if (onPicture && ARROWS[event.key]) stage.walk(ARROWS[event.key]);
    else if (onPicture && event.key === "Enter") {
      const focused = event.target.closest?.(".node")?.dataset.node;
      if (focused && focused !== page.store.get().node) stage.select(focused);
      else stage.toggleFold();
    } else if (keys[event.key] && (isOn() || event.key === "Escape") && !(onButton && (event.key === " " || event.key === "Home" || event.key === "End"))) {
      keys[event.key]();
    } else return;
    event.preventDefault();
  });
}
