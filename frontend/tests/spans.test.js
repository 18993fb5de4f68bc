import assert from "node:assert/strict";
import test from "node:test";
import { literalsIn, nodesAt, offsetsOf, placeOf, unitOf } from "../../static/js/editor/spans.js";

const SOURCE = "g = 2*(x**3)\nz = '\u{1f600}' + w\n";

test("columns count code points, offsets count units", () => {
  assert.equal(unitOf("a\u{1f600}b", 2), 3);
  assert.deepEqual(offsetsOf(SOURCE, [2, 10, 2, 11]), { from: 24, to: 25 });
  assert.equal(SOURCE.slice(24, 25), "w");
});

test("a place and its offset belong together", () => {
  assert.deepEqual(placeOf(SOURCE, 7), { line: 1, column: 7 });
  assert.deepEqual(placeOf(SOURCE, 24), { line: 2, column: 10 });
});

test("a span past the end of a text is cut to it", () => {
  assert.deepEqual(offsetsOf("ab", [9, 0, 9, 4]), { from: 2, to: 2 });
});

test("the narrowest sub-expression at a place wins", () => {
  const nodes = [
    { id: "mul", span: [1, 4, 1, 12] },
    { id: "pow", span: [1, 7, 1, 11] },
    { id: "leaf", span: null },
  ];
  assert.deepEqual(nodesAt(nodes, { line: 1, column: 8 }).map((node) => node.id), ["pow"]);
  assert.deepEqual(nodesAt(nodes, { line: 1, column: 5 }).map((node) => node.id), ["mul"]);
  assert.deepEqual(nodesAt(nodes, { line: 2, column: 0 }), []);
});

test("number literals are found, names and comments are not", () => {
  const found = literalsIn("x1 = 2.5*a[0] + 1e-3  # 7");
  assert.deepEqual(found.map((one) => one.value), [2.5, 0, 0.001]);
});
