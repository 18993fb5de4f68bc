import assert from "node:assert/strict";
import test from "node:test";
import { deflateSync } from "node:zlib";
import { decodeState, encodeState, pack, unpack } from "../../static/js/page/codec.js";
import { EMPTY } from "../../static/js/page/store.js";

test("the optimizer's step is a step of its own", async () => {
  const state = { source: "x", step: "optimizer" };
  assert.equal((await decodeState(await encodeState(state))).step, "optimizer");
});

test("a program goes into an address and comes out the same", async () => {
  const source = "x = torch.tensor([1., 2.])  # 값 \u{1f600}\nprint(x)\n".repeat(50);
  const packed = await pack(source);
  assert.match(packed, /^[A-Za-z0-9_-]+$/);
  assert.equal(await unpack(packed), source);
});

test("the payload is zlib, as picture addresses want it", async () => {
  const payload = deflateSync("x * x").toString("base64url");
  assert.equal(await unpack(payload), "x * x");
});

test("a cut or changed payload is refused", async () => {
  const packed = await pack("z = (x*y).sum()\nz.backward()\n");
  await assert.rejects(unpack(packed.slice(0, -8)));
  await assert.rejects(unpack("not*base64"));
  await assert.rejects(unpack("AAAA"));
});

test("a payload that inflates without end is refused after a bounded read", async () => {
  const bomb = deflateSync(Buffer.alloc(5_000_000, 97)).toString("base64url");
  await assert.rejects(unpack(bomb), RangeError);
});

test("a state survives its fragment", async () => {
  const state = {
    ...EMPTY, source: "w*x", inputs: { x: [1, 2], w: -0.5 }, sliders: [[0, 2]], view: "values", colour: "gradient",
    pass: 2, step: 7, open: ["net.0", "net.1"], node: "n3", predict: ["n1", "n2"], gradient: [1, 0],
    more: { direction: "LR", widths: "on" },
  };
  const decoded = await decodeState(await encodeState(state));
  assert.deepEqual({ ...EMPTY, ...decoded }, state);
});

test("what has its default is left out of the fragment", async () => {
  const fragment = await encodeState({ ...EMPTY, source: "x" });
  assert.match(fragment, /^#p=[\w-]+$/);
});

test("an empty fragment holds no state and a broken one throws", async () => {
  assert.equal(await decodeState("#"), null);
  assert.equal(await decodeState(""), null);
  await assert.rejects(decodeState("#p=zzzz"));
  await assert.rejects(decodeState(`#p=${await pack("x")}&in=[1]`));
});

test("a fragment without a program is about the given one", async () => {
  assert.deepEqual(await decodeState("#view=values", "x*x"), { source: "x*x", inputs: {}, sliders: [], view: "values" });
  assert.equal(await decodeState("", "x*x"), null);
  assert.equal(await decodeState("#view=values"), null);
});
