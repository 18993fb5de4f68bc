// Dialogs, and the theme.
import { startDropping } from "../editor/dropping.js";
import { byId, modName } from "./dom.js";
import { notice } from "./persistence.js";
import { EMPTY } from "./store.js";
import { say } from "./words.js";

export function openDialog(id) {
  const dialog = byId(id);
  if (!dialog.open) dialog.showModal();
  return dialog;
}

function nextTheme() {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const order = dark ? [undefined, "light", "dark"] : [undefined, "dark", "light"];
  const next = order[(order.indexOf(root.dataset.theme) + 1) % order.length];
  if (next) root.dataset.theme = next;
  else delete root.dataset.theme;
  try {
    if (next) localStorage.setItem("chainrule.theme", next);
    else localStorage.removeItem("chainrule.theme");
  } catch {
    // Storage may be refused: the theme lasts as long as the page.
  }
}

export function startDialogs(page) {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
  }
  for (const thumb of document.querySelectorAll("[data-picture]")) thumb.classList.add("waiting");

  /** The pictures of the gallery are asked for when it is first opened. */
  function fillThumbs() {
    for (const thumb of document.querySelectorAll(".thumb.waiting")) {
      thumb.classList.remove("waiting");
      const image = new Image();
      image.loading = "lazy";
      image.alt = "";
      const theme = document.documentElement.dataset.theme;
      image.src = `${thumb.dataset.picture}?direction=LR${theme ? `&theme=${theme}` : ""}`;
      thumb.append(image);
    }
  }

  function openGallery(event) {
    event?.preventDefault();
    fillThumbs();
    openDialog("gallery");
  }

  /** Loads a program; the old text is one step of undo away. */
  function load(source, title) {
    const { view, colour } = page.store.get();
    page.editor.setText(source);
    page.store.set({ ...EMPTY, source, view, colour }, "example");
    page.runner.now();
    notice(say("example.loaded", { title }), say("fragment.undo"), () => page.editor.undo());
  }

  startDropping(load);
  byId("examples-button").addEventListener("click", openGallery);
  byId("gallery").addEventListener("click", (event) => {
    const link = event.target.closest("[data-example]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    byId("gallery").close();
    load(link.dataset.source, link.dataset.title);
  });
  byId("keys-button").addEventListener("click", () => openDialog("keys"));
  byId("theme-button").addEventListener("click", nextTheme);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-language]");
    if (link) link.href = `/?lang=${link.dataset.language}${location.hash}`;
  });
  for (const key of document.querySelectorAll("#keys kbd")) if (key.textContent === "Ctrl") key.textContent = modName;
  return { openGallery, load };
}
