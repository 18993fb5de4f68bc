"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const stage = document.getElementById("stage");
  const paper = document.getElementById("paper");
  const svg = paper.querySelector("svg");
  const details = document.getElementById("details");
  const player = document.getElementById("player");
  const program = document.getElementById("program");
  const nodes = [...svg.querySelectorAll(".node")];
  const edges = [...svg.querySelectorAll(".edge")];
  document.documentElement.classList.add("live");

  // Where the picture stands: its top left corner in the stage, and its scale.
  let x = 0, y = 0, scale = 1;
  const place = () => { paper.style.transform = `translate(${x}px, ${y}px) scale(${scale})`; };
  const fit = () => {
    const width = svg.width.baseVal.value, height = svg.height.baseVal.value;
    // A picture much taller than the window is fitted by its width: else nothing could be read.
    scale = Math.min(stage.clientWidth / width, 1.25);
    if (height * scale < stage.clientHeight * 3) scale = Math.min(scale, Math.max(0.35, stage.clientHeight / height));
    x = Math.max(0, (stage.clientWidth - width * scale) / 2);
    y = Math.max(0, (stage.clientHeight - height * scale) / 2);
    place();
  };
  const zoom = (factor, left = stage.clientWidth / 2, top = stage.clientHeight / 2) => {
    const next = Math.min(8, Math.max(0.05, scale * factor));
    x = left - (left - x) * next / scale;
    y = top - (top - y) * next / scale;
    scale = next;
    place();
  };

  // Pointers: one moves the picture, two also zoom it; one that did not move chooses.
  const pointers = new Map();
  let moved = 0;
  const apart = () => { const [a, b] = [...pointers.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]); };
  stage.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (pointers.size === 1) moved = 0;
  });
  window.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const before = pointers.size === 2 ? apart() : 0;
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    const dx = event.clientX - last[0], dy = event.clientY - last[1];
    moved += Math.hypot(dx, dy);
    if (moved < 4) return;
    stage.classList.add("moving");
    x += dx / pointers.size;
    y += dy / pointers.size;
    place();
    if (before) zoom(apart() / before, event.clientX - stage.getBoundingClientRect().left, event.clientY - stage.getBoundingClientRect().top);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, (event) => { pointers.delete(event.pointerId); stage.classList.remove("moving"); });
  }
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = stage.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  const element = (name, text, style) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (style) made.className = style;
    return made;
  };
  const choose = (key) => {
    for (const node of nodes) node.classList.toggle("chosen", node.dataset.node === key);
    const fact = facts.boxes[key];
    details.replaceChildren(element("h2", "Details"));
    for (const line of program ? program.children : []) line.classList.remove("here");
    if (!fact) { details.append(element("p", "Nothing is chosen.")); return; }
    details.append(element("h3", fact.title));
    const list = element("dl");
    for (const [name, text, style] of fact.rows) list.append(element("dt", name), element("dd", text, style));
    details.append(list);
    for (const sentence of fact.sentences) details.append(element("p", sentence));
    const line = program && fact.line ? program.children[fact.line - 1] : null;
    if (line) { line.classList.add("here"); line.scrollIntoView({ block: "nearest" }); }
  };
  const keyOf = (target) => target.closest(".node")?.dataset.node ?? null;
  stage.addEventListener("click", (event) => { if (moved < 4) choose(keyOf(event.target)); });
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(keyOf(event.target)); }
  });
  svg.addEventListener("focusin", (event) => {
    const node = event.target.closest(".node");
    if (!node || pointers.size) return;
    stage.scrollTo(0, 0);
    const box = node.getBoundingClientRect(), frame = stage.getBoundingClientRect();
    if (box.left < frame.left || box.right > frame.right) x += frame.left + frame.width / 2 - box.left - box.width / 2;
    if (box.top < frame.top || box.bottom > frame.bottom) y += frame.top + frame.height / 2 - box.top - box.height / 2;
    place();
  });

  // Steps: what is not there yet is pale, what happens is marked.
  const range = player.querySelector("input"), said = player.querySelector("p");
  const first = new Map();
  facts.steps.forEach(([key, phase], at) => { if (phase === "forward" && !first.has(key)) first.set(key, at + 1); });
  // A constant comes with what first takes it in.
  const own = new Set(first.keys());
  for (const { dataset: { source, target } } of edges) {
    if (!own.has(target)) first.set(target, Math.min(first.get(target) ?? Infinity, first.get(source) ?? 0));
  }
  const go = (step) => {
    step = Math.max(0, Math.min(facts.steps.length, step));
    range.value = step;
    const later = (key) => step > 0 && (first.get(key) ?? 0) > step;
    const [now, phase, sentence] = step ? facts.steps[step - 1] : [null, "", "All steps are shown. Move the slider to go through them."];
    for (const node of nodes) {
      node.classList.toggle("later", later(node.dataset.node));
      node.classList.toggle("now", node.dataset.node === now);
    }
    for (const edge of edges) {
      edge.classList.toggle("later", later(edge.dataset.source) || later(edge.dataset.target));
    }
    said.textContent = step ? `Step ${step} of ${facts.steps.length}, ${phase}: ${sentence}` : sentence;
  };
  if (facts.steps.length) {
    player.hidden = false;
    range.max = facts.steps.length;
    range.addEventListener("input", () => go(Number(range.value)));
  }

  const themes = ["light", "dark"];
  const actions = {
    smaller: () => zoom(1 / 1.25),
    larger: () => zoom(1.25),
    fit,
    theme: () => {
      const root = document.documentElement;
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = themes[dark ? 0 : 1];
    },
    back: () => go(Number(range.value) - 1),
    on: () => go(Number(range.value) + 1),
  };
  document.addEventListener("click", (event) => { actions[event.target.closest("[data-do]")?.dataset.do]?.(); });
  document.addEventListener("keydown", (event) => {
    if (event.target === range || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = { "+": actions.larger, "-": actions.smaller, 0: fit, ArrowLeft: actions.back, ArrowRight: actions.on, Escape: () => choose(null) };
    if (Object.hasOwn(keys, event.key)) keys[event.key]();
  });
  window.addEventListener("resize", fit);
  fit();
})();
