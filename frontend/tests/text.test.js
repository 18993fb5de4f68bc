import assert from "node:assert/strict";
import test from "node:test";
import { complete, postRun, waitFor, withHeld } from "../../static/js/page/api.js";
import { entriesFor, wordBefore } from "../../static/js/editor/completion.js";
import { filled, mapNested, shapeOf } from "../../static/js/panels/grid.js";
import { bodyOf } from "../../static/js/page/runner.js";
import { withOption } from "../../static/js/graph/options.js";
import { linkOf, queryOf, snippets, toPython } from "../../static/js/page/share.js";
import { EMPTY, createStore } from "../../static/js/page/store.js";
import { fill } from "../../static/js/page/words.js";

const answering = (status, body, headers = {}) => async () => new Response(body, { status, headers });

test("waiting doubles up to half a minute, or is what the server asks for", () => {
  assert.deepEqual([1, 2, 3, 9].map((attempt) => waitFor(attempt)), [1, 2, 4, 30]);
  assert.equal(waitFor(1, "7"), 7);
  assert.equal(waitFor(1, "soon"), 1);
  assert.equal(waitFor(1, "0"), 1);
});

test("each way that a server can answer has its own outcome", async () => {
  const ask = (fetcher) => postRun({}, undefined, fetcher);
  assert.equal((await ask(answering(429, "", { "Retry-After": "3" }))).reason, "limited");
  assert.equal((await ask(answering(503, ""))).reason, "busy");
  assert.equal((await ask(async () => { throw new TypeError("down"); })).reason, "offline");
  assert.equal((await ask(answering(200, '{"html": {}}'))).kind, "answer");
  assert.equal((await ask(answering(422, '{"html": {}}'))).kind, "answer");
  assert.deepEqual(await ask(answering(500, '{"detail": "oh"}')), { kind: "failed", status: 500, detail: "oh" });
  assert.equal((await ask(answering(413, "<html>"))).kind, "failed");
});

test("what the page holds is named in a request, and put back into the answer that leaves it out", () => {
  const state = { held: "one en", index: { nodes: [] }, inputs: { x: 1 }, cotangent: null, html: { console: "c", variables: "v", inputs: "i" } };
  const has = { state, inspector: { inspected: "abc", html: "<h2>x</h2>" } };
  assert.deepEqual(withHeld({ source: "x" }, has), { source: "x", held: "one en", inspected: "abc" });
  assert.deepEqual(withHeld({ source: "x" }, { state: {}, inspector: {} }), { source: "x" });
  const step = { held: "one en", inspected: "abc", svg: "<svg/>", html: { problems: "" } };
  const whole = complete(step, has);
  assert.deepEqual([whole.index, whole.inputs, whole.cotangent], [state.index, state.inputs, null]);
  assert.deepEqual(whole.html, { problems: "", console: "c", variables: "v", inputs: "i", inspector: "<h2>x</h2>" });
  assert.deepEqual(step.html, { problems: "" });
  const selected = { held: "one en", inspected: "abc", html: {} };
  assert.deepEqual(complete(selected, has), { ...selected, html: { inspector: "<h2>x</h2>" } });
  const other = { held: "two en", inspected: "def", svg: "<svg/>", index: {}, html: { inspector: "y", console: "" } };
  assert.deepEqual(complete(other, has), other);
});

test("what was answered once is held for the next request", async () => {
  const bodies = [];
  const fetcher = async (_, { body }) => {
    bodies.push(JSON.parse(body));
    const full = { held: "s", inspected: "k", svg: "", index: { nodes: [1] }, inputs: {}, cotangent: null, html: { console: "c", variables: "v", inputs: "i", inspector: "n" } };
    return new Response(JSON.stringify(bodies.length === 1 ? full : { held: "s", inspected: "k", svg: "", html: {} }), { status: 200 });
  };
  const first = await postRun({}, undefined, fetcher);
  const second = await postRun({}, undefined, fetcher);
  assert.deepEqual(bodies, [{}, { held: "s", inspected: "k" }]);
  assert.deepEqual(second.data, first.data);
});

test("the word before the cursor knows what it belongs to", () => {
  assert.deepEqual(wordBefore("y = torch.si"), { from: 10, owner: "torch", name: "si", whole: "torch.si" });
  assert.equal(wordBefore("y = si").owner, null);
  assert.deepEqual([wordBefore("nn.functional.re").owner, wordBefore("x.").owner], ["nn.functional", "x"]);
});

test("after the dot of a value come the methods of tensors", () => {
  const entries = [{ owner: null, name: "sin" }, { owner: "torch", name: "cos" }, { owner: "Tensor", name: "sum" }];
  assert.deepEqual(entriesFor(entries, null).map((one) => one.name), ["sin"]);
  assert.deepEqual(entriesFor(entries, "torch").map((one) => one.name), ["cos"]);
  assert.deepEqual(entriesFor(entries, "loss").map((one) => one.name), ["sum"]);
});

test("nested lists keep their shape", () => {
  assert.deepEqual(shapeOf([[1, 2], [3, 4]]), [2, 2]);
  assert.deepEqual(mapNested([[1], [2]], (value) => value * 2), [[2], [4]]);
  assert.deepEqual(filled([2, 1], () => 0), [[0], [0]]);
});

test("only what differs from the defaults is sent", () => {
  assert.deepEqual(bodyOf({ ...EMPTY, source: "x" }), { source: "x", inputs: {}, options: {}, parts: [] });
  const body = bodyOf({ ...EMPTY, source: "x", view: "values", pass: 2, step: 3, open: ["a", "b"], node: "n1" });
  assert.deepEqual(body.options, { view: "values", pass: "2", step: "3", open: "a,b" });
  assert.deepEqual([body.node, body.pass_index], ["n1", 2]);
});

test("snippets quote what shells, HTML and Python would take for their own", () => {
  const state = { ...EMPTY, source: "print('a \"b\"')", inputs: { x: [1, true, null] } };
  const texts = snippets("https://host", "abc", state, "https://host/#p=abc", '<iframe src="{address}" title="graph"></iframe>');
  assert.match(texts.curl, /'\\''a/);
  assert.match(texts.html, /&amp;|inputs=/);
  assert.match(texts.iframe, /^<iframe src="https:\/\/host\/embed\/abc\?inputs=[^"{}]+" title="graph"><\/iframe>$/);
  assert.match(texts.python, /\[1, True, None\]/);
  assert.ok(texts.markdown.includes("/svg/abc?inputs="));
  assert.equal(toPython({ a: [] }), '{"a": []}');
});

test("the query of a picture holds the view", () => {
  assert.equal(queryOf(EMPTY), "");
  assert.equal(queryOf({ ...EMPTY, view: "structure", step: 2, open: ["a"] }), "?view=structure&step=2&open=a");
});

test("words are filled in, and unknown braces stay", () => {
  assert.equal(fill("{a} of {b} {c}", { a: 1, b: 2 }), "1 of 2 {c}");
});

test("listeners hear of the fields that they asked for, and of no change that is none", () => {
  const store = createStore({ source: "a" });
  const heard = [];
  store.on(["source"], (now, before, why) => heard.push([before.source, now.source, why]));
  store.set({ view: "values" });
  store.set({ source: "b" }, "type");
  store.set({ source: "b" }, "type");
  assert.deepEqual(heard, [["a", "b", "type"]]);
});

test("an option that has its default again is left out", () => {
  assert.deepEqual(withOption({}, "direction", "LR"), { direction: "LR" });
  assert.deepEqual(withOption({ direction: "LR", widths: "on" }, "direction", "TB"), { widths: "on" });
});

test("the link to share holds the program for the server and the view for the scripts", async () => {
  assert.match(await linkOf("https://host", { ...EMPTY, source: "x*x" }), /^https:\/\/host\/\?p=[\w-]+$/);
  assert.match(await linkOf("https://host", { ...EMPTY, source: "x", step: 2 }), /^https:\/\/host\/\?p=[\w-]+#step=2$/);
});
