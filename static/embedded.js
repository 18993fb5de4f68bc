// Inside the frame: tells the page around it how tall it is, steps through the program, runs what the reader edits.
"use strict";

(() => {
  const body = document.body;
  const picture = document.getElementById("picture");
  const message = document.getElementById("message");
  const form = document.querySelector("form");
  const stepper = document.getElementById("stepper");
  const link = document.getElementById("open");
  const state = {
    payload: body.dataset.payload,
    step: Number(stepper?.dataset.step ?? 0),
    steps: Number(stepper?.dataset.steps ?? 0),
  };

  function tellHeight() {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    parent.postMessage({ type: "chainrule:height", height }, "*");
  }

  async function pack(source) {
    const stream = new Blob([source]).stream().pipeThrough(new CompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  /** The query of the picture that is shown. */
  function query() {
    const parameters = new URLSearchParams(body.dataset.query);
    for (const name of ["code", "step"]) parameters.delete(name);
    if (state.step > 0) parameters.set("step", state.step);
    const text = parameters.toString();
    return text ? `?${text}` : "";
  }

  let asked = 0;

  async function draw() {
    const mine = ++asked;
    const response = await fetch(`/svg/${state.payload}${query()}`, { credentials: "omit" });
    const text = await response.text();
    if (mine !== asked) return; // the reader went on meanwhile
    const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    picture.replaceChildren(document.importNode(drawn, true));
    message.textContent = "";
    carry();
  }

  function show() {
    draw().catch(() => {
      message.textContent = "The server did not answer.";
    });
  }

  /** Makes the link to the page carry what is shown. */
  function carry() {
    if (!link) return;
    const fragment = new URLSearchParams(new URL(link.href).hash.slice(1));
    fragment.set("p", state.payload);
    fragment.delete("step");
    if (state.step > 0) fragment.set("step", state.step);
    link.href = `${body.dataset.base}/?p=${state.payload}#${fragment}`;
  }

  function tellStep() {
    const told = state.step > 0 ? `step ${state.step} of ${state.steps}` : `${state.steps} steps`;
    document.getElementById("step").textContent = told;
  }

  function go(by) {
    // Before the first step and after the last stands the whole picture.
    state.step = (state.step + by + state.steps + 1) % (state.steps + 1);
    tellStep();
    show();
  }

  if (stepper) {
    stepper.hidden = false;
    tellStep();
    document.getElementById("back").addEventListener("click", () => go(-1));
    document.getElementById("forth").addEventListener("click", () => go(1));
  }

  if (form) {
    const field = form.elements.code;
    const start = async (event) => {
      event.preventDefault();
      message.textContent = "Running …";
      state.payload = await pack(field.value);
      state.step = 0;
      if (stepper) stepper.hidden = true; // another program has other steps
      show();
    };
    form.addEventListener("submit", start);
    form.querySelector("button").addEventListener("click", start);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) start(event);
    });
  }

  new ResizeObserver(tellHeight).observe(document.documentElement);
  tellHeight();
})();
