import assert from "node:assert/strict";
import test from "node:test";
import { levelOf, rangeOf, strongest } from "../../static/js/graph/colour.js";
import { placing, showsAll } from "../../static/js/graph/minimap.js";
import { holdsId } from "../../static/js/graph/picture.js";
import { find } from "../../static/js/graph/search.js";
import { toggled } from "../../static/js/graph/folds.js";
import { fitted, opening, uncovered, zoomed } from "../../static/js/graph/transform.js";
import { ahead, joined } from "../../static/js/graph/neighbours.js";

test("arrow keys go to the nearest card ahead", () => {
  const places = [{ id: "below", x: 5, y: 100 }, { id: "far", x: 0, y: 300 }, { id: "above", x: 0, y: -90 }];
  assert.equal(ahead({ x: 0, y: 0 }, places, "down"), "below");
  assert.equal(ahead({ x: 0, y: 0 }, places, "up"), "above");
  assert.equal(ahead({ x: 0, y: 400 }, places, "down"), null);
});

test("cards that an edge joins are found from both ends", () => {
  const edges = [{ source: "b", target: "a" }, { source: "c", target: "b" }];
  assert.deepEqual([...joined(edges, "b")].sort(), ["a", "c"]);
});

test("zooming keeps the point under the pointer where it is", () => {
  const view = zoomed({ x: 10, y: 20, k: 1 }, 2, 110, 120);
  assert.deepEqual(view, { k: 2, x: -90, y: -80 });
  assert.equal((110 - view.x) / view.k, 100);
});

test("a picture that fits is shown whole, a tall one around its anchor at a size that can be read", () => {
  const host = { width: 800, height: 600 };
  assert.equal(opening({ width: 400, height: 300 }, host).k, 1.15);
  const tall = opening({ width: 400, height: 3000 }, host);
  assert.equal(tall.k, 1);
  assert.ok(tall.y > 0);
  const onScreen = (place) => opening({ width: 400, height: 3000 }, host, [200, place]).y + place;
  for (const place of [50, 1500, 2950]) assert.ok(onScreen(place) > 0 && onScreen(place) < host.height);
  assert.equal(opening({ width: 400, height: 3000 }, host, [200, 2950]).y, host.height - 24 - 3000);
  assert.ok(fitted({ width: 400, height: 3000 }, host).k < 0.2);
});

test("a picture that is too wide to read opens where its anchor stands", () => {
  const host = { width: 600, height: 600 };
  const wide = { width: 2000, height: 3000 };
  for (const anchor of [100, 1000, 1900]) {
    const view = opening(wide, host, [anchor, 0]);
    const onScreen = view.x + anchor * view.k;
    assert.ok(onScreen > 0 && onScreen < host.width);
    assert.ok(view.x <= 24 && view.x + wide.width * view.k >= host.width - 24);
  }
  assert.equal(opening(wide, host, [1000, 0]).x, (host.width - 2000 * 0.8) / 2);
});

test("the map holds the whole picture", () => {
  const { k, x, y } = placing({ width: 1000, height: 500 }, { width: 100, height: 100 });
  assert.deepEqual([k, x, y], [0.1, 0, 25]);
});

test("search finds names, operators, ids and lines", () => {
  const nodes = [
    { id: "n0", names: ["x"], op: "AccumulateGrad", operator: "leaf", span: null },
    { id: "n1", names: ["loss"], op: "MulBackward0", operator: "mul", span: [4, 0, 4, 3] },
  ];
  assert.deepEqual(find(nodes, "LOSS"), ["n1"]);
  assert.deepEqual(find(nodes, "mul"), ["n1"]);
  assert.deepEqual(find(nodes, "line 4"), ["n1"]);
  assert.deepEqual(find(nodes, "n0"), ["n0"]);
  assert.deepEqual(find(nodes, " "), []);
});

test("sizes are coloured on a log scale", () => {
  const range = rangeOf([1e-4, 1, 100, 0, null, "nan"]);
  assert.deepEqual(range, { low: -4, high: 2 });
  assert.equal(levelOf(1e-4, range), "c1");
  assert.equal(levelOf(100, range), "c7");
  assert.equal(levelOf(0, range), "zero");
  assert.equal(levelOf("inf", range), "bad");
  assert.equal(levelOf(null, range), "");
});

test("a fold has the colour of the strongest inside", () => {
  assert.equal(strongest(["c1", "c7", "zero"]), "c7");
  assert.equal(strongest(["bad", "c7"]), "bad");
  assert.equal(strongest([""]), "");
});

test("a card that the map lies over moves up, or aside where there is no room", () => {
  const map = { left: 300, top: 400, right: 400, bottom: 500 };
  const card = { left: 250, right: 350, top: 350, bottom: 450 };
  assert.deepEqual(uncovered(card, [map], 50), { dx: 0, dy: -60 });
  assert.deepEqual(uncovered({ ...card, top: 60 }, [map], 50), { dx: -60, dy: 0 });
  assert.deepEqual(uncovered({ ...card, left: 0, right: 100 }, [map], 50), { dx: 0, dy: 0 });
});

test("there is no use for a map where all of the picture is in sight", () => {
  const size = { width: 400, height: 300 };
  assert.equal(showsAll({ x: 50, y: 60, k: 1 }, size, { width: 500, height: 400 }), true);
  assert.equal(showsAll({ x: 150, y: 60, k: 1 }, size, { width: 500, height: 400 }), false);
});

test("opening and folding a scope are opposites", () => {
  const state = { open: ["net"], closed: [] };
  const opened = toggled(state, "net.0", true);
  assert.deepEqual(opened, { open: ["net", "net.0"], closed: [] });
  assert.deepEqual(toggled(opened, "net", false), { open: [], closed: ["net"] });
  assert.deepEqual(toggled({ open: ["step/f", "steps"], closed: [] }, "step", false), { open: ["steps"], closed: ["step"] });
});

test("runs of ids hold what lies between their ends", () => {
  assert.deepEqual(["n1", "n2", "n4", "n5", "n9", "n12"].filter((id) => holdsId("n2-n4 n9", id)), ["n2", "n4", "n9"]);
});
