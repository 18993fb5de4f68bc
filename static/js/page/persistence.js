// What outlives the page: the fragment (links, back, forward) and the last program (localStorage).
import { byId } from "./dom.js";
import { decodeState, encodeState } from "./codec.js";
import { EMPTY } from "./store.js";
import { say } from "./words.js";

const KEY = "chainrule.state";
const PAUSE_MS = 400;

function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function remember(fragment) {
  try {
    localStorage.setItem(KEY, fragment);
  } catch {
    // Storage may be full or refused: the fragment holds the same.
  }
}

/** The state to begin with: the address's, else the page's own program where it was asked for, else the last one. */
export async function firstState(shown) {
  if (location.hash.length > 1) {
    try {
      const state = await decodeState(location.hash, location.search ? shown : null);
      if (state) return state;
    } catch {
      queueMicrotask(() => notice(say("fragment.broken")));
      return { source: "" };
    }
  }
  if (!location.search && remembered()) {
    try {
      return (await decodeState(remembered())) ?? { source: shown };
    } catch {
      remember("");
    }
  }
  return { source: shown };
}

/** Says something above the problems, with one button to act on it. */
export function notice(text, action, act) {
  const line = byId("notice");
  line.replaceChildren(text);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = action;
    button.addEventListener("click", () => {
      line.hidden = true;
      act();
    });
    line.append(button);
  }
  line.hidden = false;
}

export function startPersistence(page) {
  const { store } = page;
  let timer = 0;
  let loading = false;
  let lastTyped = 0;

  async function write(state, why) {
    const fragment = await encodeState(state);
    if (state !== store.get() || fragment === location.hash) return;
    remember(fragment);
    const typing = why === "type" || why === "slide" || why === "select" || why === "step";
    const burst = typing && Date.now() - lastTyped < 8000;
    if (typing) lastTyped = Date.now();
    const address = location.pathname + fragment;
    if (location.hash === "" || burst || why === "select" || why === "step") history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }

  store.on([], (state, before, why) => {
    if (loading) return;
    clearTimeout(timer);
    timer = setTimeout(() => write(state, why), PAUSE_MS);
  });

  addEventListener("popstate", async () => {
    let state = null;
    try {
      state = await decodeState(location.hash);
    } catch {
      notice(say("fragment.broken"));
      state = { source: "" };
    }
    if (!state) return;
    clearTimeout(timer); // what was typed before must not be written over the address that was chosen
    loading = true;
    page.editor.setText(state.source);
    store.set({ ...EMPTY, ...state }, "load");
    loading = false;
    page.runner.now();
  });
}
