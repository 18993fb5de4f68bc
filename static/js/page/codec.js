// What the address holds: the program as base64url of zlib (as in picture addresses), and the view, as a fragment.

const LARGEST_SOURCE = 200_000;

function toBase64Url(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function fromBase64Url(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** The bytes that come out of a compression or decompression stream, up to a bound. */
async function pump(bytes, stream) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > LARGEST_SOURCE) {
      await reader.cancel();
      throw new RangeError("the program in the address is too long");
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** The program as the part of an address that carries it. */
export async function pack(source) {
  return toBase64Url(await pump(new TextEncoder().encode(source), new CompressionStream("deflate")));
}

/** The program that an address carries; throws where it was changed or cut. */
export async function unpack(payload) {
  const bytes = await pump(fromBase64Url(payload), new DecompressionStream("deflate"));
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

const TEXTS = ["view", "colour", "node"];
const NUMBERS = ["pass", "step", "seed"];
/** Further options of the picture, as its addresses have them. */
export const MORE = ["direction", "labels", "widths", "constants", "detached", "saved"];
const LISTS = ["open", "closed", "predict"];

/** The fragment of a state: "#p=...&view=values"; what has its default is left out. */
export async function encodeState(state) {
  const query = new URLSearchParams();
  query.set("p", await pack(state.source));
  if (Object.keys(state.inputs ?? {}).length) query.set("in", JSON.stringify(state.inputs));
  if (state.gradient) query.set("gradient", JSON.stringify(state.gradient));
  if (state.sliders?.length) query.set("sliders", JSON.stringify(state.sliders));
  for (const name of TEXTS) if (state[name] && !["both", "none"].includes(state[name])) query.set(name, state[name]);
  for (const [name, value] of Object.entries(state.more ?? {})) if (MORE.includes(name)) query.set(name, value);
  for (const name of NUMBERS) if (Number.isInteger(state[name]) && state[name] > 0) query.set(name, state[name]);
  if (state.step === "optimizer") query.set("step", state.step);
  for (const name of LISTS) if (state[name]?.length) query.set(name, state[name].join(","));
  return `#${query}`;
}

/**
 * The state that a fragment holds, null for an empty one; throws where it is broken. A fragment without a program is
 * about the given one, which the address carries for the server.
 */
export async function decodeState(fragment, given = null) {
  const query = new URLSearchParams(fragment.replace(/^#/, ""));
  const without = given === null || query.size === 0;
  if (!query.has("p") && without) return null;
  const source = query.has("p") ? await unpack(query.get("p")) : given;
  const state = { source, inputs: {}, sliders: [] };
  const inputs = query.get("in");
  if (inputs) state.inputs = plainObject(JSON.parse(inputs));
  if (query.get("gradient")) state.gradient = JSON.parse(query.get("gradient"));
  const sliders = query.get("sliders");
  if (sliders) state.sliders = JSON.parse(sliders).filter((one) => Array.isArray(one) && one.every(Number.isFinite));
  for (const name of TEXTS) if (query.has(name)) state[name] = query.get(name);
  const more = MORE.filter((name) => query.has(name)).map((name) => [name, query.get(name)]);
  if (more.length) state.more = Object.fromEntries(more);
  for (const name of NUMBERS) {
    const number = Number(query.get(name));
    if (query.has(name) && Number.isInteger(number) && number > 0) state[name] = number;
  }
  if (query.get("step") === "optimizer") state.step = "optimizer";
  for (const name of LISTS) if (query.get(name)) state[name] = query.get(name).split(",");
  return state;
}

function plainObject(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("inputs are an object");
  return value;
}
