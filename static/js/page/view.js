// Shows an answer: the picture, the parts around it, the marks in the editor, the status line.
import { byId } from "./dom.js";
import { putPicture } from "../graph/picture.js";
import { say } from "./words.js";

/** What a run's answer looks like to compare with the last: other nodes or edges mean another graph. */
export function shapeOf(index) {
  if (!index) return "";
  return index.nodes.map((node) => node.id + node.op).join() + index.edges.map((edge) => edge.source + edge.target).join();
}

/** Whether the view is of another program: what was open or which pass was shown is not there any more. */
function isLost(answer, state) {
  const wanted = state.open.length || state.closed.length || state.pass || state.step;
  return Boolean(wanted) && answer.problems.some((problem) => problem.slug === "view-invalid");
}

export function createView(page) {
  const status = byId("status");
  const listeners = [];
  const refreshers = [];

  function tell(text, trouble = false) {
    status.textContent = text;
    status.classList.toggle("trouble", trouble);
  }

  /** Says to assistive technology whether the picture is still another program's. */
  function busy(whether) {
    byId("viewport").setAttribute("aria-busy", String(whether));
  }

  function putParts(html) {
    for (const [name, text] of Object.entries(html)) {
      const part = byId(name);
      // The server escapes all text of the program: the parts hold no markup but the templates' own.
      if (part.dataset.last !== text.length + text.slice(0, 200) || part.innerHTML !== text) part.innerHTML = text;
    }
  }

  function show(answer, state, elapsed) {
    if (answer.source !== undefined && page.editor.text() === state.source) {
      // What was copied with prompts, fences or a notebook around it: the places in the answer are in the program itself.
      page.editor.setText(answer.source, "load");
      page.store.set({ source: answer.source }, "load");
    }
    const { inputs: inputsPart, ...parts } = answer.html;
    if (state.gradient && answer.problems.some((problem) => problem.slug === "gradient-invalid")) {
      return page.store.set({ gradient: null }, "select");
    }
    if (isLost(answer, state)) return page.store.set({ open: [], closed: [], pass: null, step: null }, "select");
    putParts(parts);
    page.editor.mark(answer.problems);
    const ran = Boolean(answer.index);
    byId("picture").classList.toggle("stale", !ran);
    if (!ran) {
      tell(byId("picture").firstElementChild ? say("run.stale") : "");
      for (const listener of listeners) listener(answer, state, { ran, fresh: false });
      return;
    }
    const fresh = shapeOf(answer.index) !== shapeOf(page.answer?.index);
    page.answer = answer;
    page.answerTo = state;
    if (answer.svg) {
      const put = putPicture(answer.svg);
      byId("empty-stage").hidden = true;
      if (put) page.stage.placed(put, fresh);
    }
    tell(say("run.done", { nodes: answer.index.nodes.length, milliseconds: Math.round(elapsed) }));
    for (const listener of listeners) listener(answer, state, { ran, fresh, inputsPart });
  }

  /** Shows the problems anew, now that more is known of them. */
  function amend({ html, problems }) {
    putParts({ problems: html.problems });
    page.editor.mark(problems);
  }

  /** Puts the last picture in place again, without what was done to it. */
  function refresh() {
    if (page.answer?.svg) page.stage.placed(putPicture(page.answer.svg), false);
    for (const refresher of refreshers) refresher();
  }

  return {
    tell,
    busy,
    show,
    amend,
    refresh,
    onRefresh: (refresher) => refreshers.push(refresher),
    /** Calls back after each answer: (answer, state, {ran, fresh}). */
    after: (listener) => listeners.push(listener),
  };
}
