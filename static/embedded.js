// Inside the frame: tells the page around it how tall it is, and runs what the reader edits.
"use strict";

(() => {
  const body = document.body;
  const picture = document.getElementById("picture");
  const message = document.getElementById("message");
  const form = document.querySelector("form");

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

  function query() {
    const parameters = new URLSearchParams(body.dataset.query);
    parameters.delete("code");
    return parameters;
  }

  async function run(source) {
    message.textContent = "Running …";
    const payload = await pack(source);
    const parameters = query().toString();
    const response = await fetch(`/svg/${payload}${parameters ? `?${parameters}` : ""}`, { credentials: "omit" });
    const drawn = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
    picture.replaceChildren(document.importNode(drawn, true));
    message.textContent = "";
    const link = document.getElementById("open");
    if (link) {
      const state = new URLSearchParams(new URL(link.href).hash.slice(1));
      state.set("p", payload);
      link.href = `${body.dataset.base}/?p=${payload}#${state}`;
    }
  }

  if (form) {
    const field = form.elements.code;
    const start = (event) => {
      event.preventDefault();
      run(field.value).catch(() => {
        message.textContent = "The server did not answer.";
      });
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
