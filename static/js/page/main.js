// Puts the page together.
import { createEditor } from "../editor/editor.js";
import { startColours } from "../graph/colour.js";
import { startLinks } from "../graph/links.js";
import { startOptions } from "../graph/options.js";
import { startStage } from "../graph/stage.js";
import { startStepper } from "../graph/stepper.js";
import { startTable } from "../graph/table.js";
import { startSeries } from "../training/series.js";
import { startTraining } from "../training/table.js";
import { startCheck } from "../panels/check.js";
import { startFixes } from "../panels/fixes.js";
import { startInputs } from "../panels/inputs.js";
import { startPredict } from "../panels/predict.js";
import { startTabs } from "../panels/tabs.js";
import { startCopying } from "./clipboard.js";
import { startDialogs } from "./dialogs.js";
import { byId, modName } from "./dom.js";
import { startKeys } from "./keys.js";
import { firstState, startPersistence } from "./persistence.js";
import { Runner } from "./runner.js";
import { startShare } from "./share.js";
import { startSplitters } from "./splitters.js";
import { createStore } from "./store.js";
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
page.runner = new Runner(store, page.view.show, page.view.tell, page.view.busy);
page.stage = startStage(page);
page.links = startLinks(page);
page.inputs = startInputs(page);
page.stepper = startStepper(page);
page.series = startSeries(page);
page.predict = startPredict(page);
page.dialogs = startDialogs(page);
startTabs();
startCopying(page);
startCheck(page);
startFixes(page);
startColours(page);
startTable(page);
startTraining(page);
startOptions(page);
startShare(page);
startSplitters();
startKeys(page);
startPersistence(page);

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
