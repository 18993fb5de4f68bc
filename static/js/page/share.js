// The share menu: addresses and snippets for what is on the page.
import { encodeState, pack } from "./codec.js";
import { copy } from "./clipboard.js";
import { openDialog } from "./dialogs.js";
import { byId } from "./dom.js";

/** The query of a picture's address for a state. */
export function queryOf(state) {
  const query = new URLSearchParams(state.more);
  if (Object.keys(state.inputs).length) query.set("inputs", JSON.stringify(state.inputs));
  if (state.view !== "both") query.set("view", state.view);
  for (const name of ["pass", "step", "seed"]) if (state[name]) query.set(name, state[name]);
  for (const name of ["open", "closed"]) if (state[name].length) query.set(name, state[name].join(","));
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** The link to the page: the program stands where the server sees it, so that a chat shows its picture. */
export async function linkOf(origin, state) {
  const query = new URLSearchParams((await encodeState(state)).slice(1));
  const payload = query.get("p");
  query.delete("p");
  return `${origin}/?p=${payload}${query.size ? `#${query}` : ""}`;
}

function quoteShell(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quoteHtml(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** Every snippet of the menu, by name; `frame` is the markup of a frame, with {address} for its address. */
export function snippets(origin, payload, state, link, frame) {
  const query = queryOf(state);
  const svg = `${origin}/svg/${payload}${query}`;
  const body = { source: state.source, ...(Object.keys(state.inputs).length ? { inputs: state.inputs } : {}) };
  return {
    link,
    markdown: `![autograd graph](${svg})`,
    html: `<img src="${quoteHtml(svg)}" alt="autograd graph">`,
    iframe: frame.replace("{address}", () => quoteHtml(`${origin}/embed/${payload}${query}`)),
    python: `import httpx\n\nanswer = httpx.post("${origin}/api/v1/graphs", json=${toPython(body)})\nprint(answer.json()["graph"]["nodes"])`,
    curl: `curl -sS ${origin}/api/v1/graphs -H 'Content-Type: application/json' -d ${quoteShell(JSON.stringify(body))}`,
  };
}

/** JSON data as a Python literal. */
export function toPython(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(toPython).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${toPython(one)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

export function startShare(page) {
  byId("share-button").addEventListener("click", async () => {
    const state = page.store.get();
    const payload = await pack(state.source);
    const frame = byId("share-iframe").dataset.frame;
    const texts = snippets(location.origin, payload, state, await linkOf(location.origin, state), frame);
    for (const [name, text] of Object.entries(texts)) byId(`share-${name}`).value = text;
    const query = queryOf(state);
    for (const link of document.querySelectorAll("[data-download]")) {
      link.href = `/${link.dataset.download}/${payload}${query}${query ? "&" : "?"}download=1`;
    }
    openDialog("share");
  });
  byId("share").addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-from]");
    if (!button) return;
    const field = byId(button.dataset.copyFrom);
    copy(page, field.value, field);
  });
}
