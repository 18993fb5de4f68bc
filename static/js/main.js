// Puts the page together.
import { startCheck } from "./check.js";
import { startColours } from "./colour.js";
import { startConsole } from "./console.js";
import { startDialogs } from "./dialogs.js";
import { byId, modName } from "./dom.js";
import { createEditor } from "./editor.js";
import { startInputs } from "./inputs.js";
import { startKeys } from "./keys.js";
import { startLinks } from "./links.js";
import { startMemory, firstState } from "./memory.js";
import { startOptions } from "./options.js";
import { startPredict } from "./predict.js";
import { Runner } from "./runner.js";
import { startShare } from "./share.js";
import { startSplitters } from "./splitters.js";
import { startStage } from "./stage.js";
import { startStepper } from "./stepper.js";
import { createStore } from "./store.js";
import { startTable } from "./table.js";
import { createView } from "./view.js";

const store = createStore(await firstState(byId("source").value));
byId("source").value = store.get().source;

const page = { store, answer: null };
page.editor = await createEditor(byId("source"), {
  onChange: (text, why) => store.set({ source: text }, why),
  onCursor: (place) => page.links?.fromEditor(place),
  onHover: (place) => page.links?.hoverEditor(place),
  onRun: () => page.runner.now(),
  onLiteral: (offset) => page.inputs.addLiteral(offset),
});
page.view = createView(page);
page.runner = new Runner(store, page.view.show, page.view.tell);
page.stage = startStage(page);
page.links = startLinks(page);
page.inputs = startInputs(page);
page.stepper = startStepper(page);
page.predict = startPredict(page);
page.dialogs = startDialogs(page);
startConsole(page);
startCheck(page);
startColours(page);
startTable(page);
startOptions(page);
startShare(page);
startSplitters();
startKeys(page);
startMemory(page);

store.on(["source"], (now, before, why) => (why === "slide" ? page.runner.frame() : page.runner.soon()));
store.on(["inputs", "gradient"], () => page.runner.frame());
store.on(["view", "pass", "open", "closed", "step", "more"], () => page.runner.frame());
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  page.runner.now();
});
for (const key of document.querySelectorAll("[data-mod-enter]")) key.textContent = `${modName} ⏎`;
document.documentElement.classList.add("ready");
page.runner.now();
