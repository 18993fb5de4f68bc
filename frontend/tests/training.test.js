import assert from "node:assert/strict";
import { test } from "node:test";
import { acrossOf, iterationsOf, linesOf, numberAt, placeAt, scaleOf, turnOf } from "../../static/js/training/curve.js";
import { sorted } from "../../static/js/training/table.js";

const SIZE = { width: 100, height: 20, pad: 0 };

test("numbers that differ much stand by their logarithm", () => {
  assert.deepEqual(scaleOf([[0, 1], [1, 0.001]]), { low: 0.001, high: 1, log: true });
  assert.deepEqual(scaleOf([[0, 1], [1, 0.5]]), { low: 0.5, high: 1, log: false });
  assert.deepEqual(scaleOf([[0, 1000], [1, -1]]), { low: -1, high: 1000, log: false });
  assert.equal(scaleOf([[0, "nan"], [1, null]]), null);
});

test("a curve runs from the lowest at the foot to the highest at the top", () => {
  assert.deepEqual(linesOf([[0, 2], [1, 1], [2, 0]], 3, SIZE).paths, ["M0.0 0.0L50.0 10.0L100.0 20.0"]);
});

test("what is not finite is a gap and a mark of its own", () => {
  const { paths, bad } = linesOf([[0, 2], [1, "nan"], [2, 0], [3, 1]], 4, SIZE);
  assert.equal(paths.length, 2);
  assert.deepEqual(bad, [33.3]);
  assert.equal(paths[0], "M0.0 0.0h0.1");
});

test("a part of the width is the nearest pass", () => {
  assert.equal(placeAt(0, 300), 0);
  assert.equal(placeAt(1.2, 300), 299);
  assert.equal(placeAt(-0.1, 300), 0);
  assert.equal(placeAt(0.5, 3), 1);
  assert.equal(acrossOf(1, 3), 0.5);
  assert.equal(acrossOf(0, 1), 0.5);
});

test("a thinned curve has at each place the number of the point before", () => {
  assert.equal(numberAt([[0, 5], [10, 7]], 9), 5);
  assert.equal(numberAt([[0, 5], [10, 7]], 10), 7);
  assert.equal(numberAt([[3, 5]], 1), null);
});

const EPOCHS = [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [3, 1]];

test("an iteration is counted within the iteration of the loop around it", () => {
  assert.deepEqual(iterationsOf(EPOCHS, 4), [{ number: 2, count: 3 }, { number: 2, count: 2 }]);
});

test("an epoch begins where the outer loop goes on", () => {
  assert.equal(turnOf(EPOCHS, 0, 0, 1), 3);
  assert.equal(turnOf(EPOCHS, 4, 0, -1), 3);
  assert.equal(turnOf(EPOCHS, 3, 0, -1), 0);
  assert.equal(turnOf(EPOCHS, 5, 0, 1), 5);
  assert.equal(turnOf(EPOCHS, 0, 0, -1), 0);
});

test("rows are sorted by number or by text, equal ones as they were", () => {
  const rows = [{ id: 1, key: 10 }, { id: 2, key: 9 }, { id: 3, key: 10 }];
  const ids = (how, falling) => sorted(rows, (row) => row.key, how, falling).map((row) => row.id);
  assert.deepEqual(ids("number", true), [1, 3, 2]);
  assert.deepEqual(ids("number", false), [2, 1, 3]);
  assert.deepEqual(sorted(["b", "a"], (one) => one, "text", false), ["a", "b"]);
});
