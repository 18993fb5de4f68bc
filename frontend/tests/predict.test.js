import assert from "node:assert/strict";
import test from "node:test";
import { askable, elementOf, isRight, readNumber } from "../../static/js/panels/answers.js";

test("numbers are read as people type them", () => {
  assert.equal(readNumber(" -0.5 "), -0.5);
  assert.equal(readNumber("1/6"), 1 / 6);
  assert.equal(readNumber("2*0.25*3"), 1.5);
  assert.equal(readNumber("−2e-3"), -0.002);
  for (const text of ["", "abc", "1+1", "2*", "1/0", "1 2"]) assert.equal(readNumber(text), null, text);
});

test("an answer is right within one part in a hundred", () => {
  assert.ok(isRight(0.0833, 1 / 12));
  assert.ok(!isRight(0.09, 1 / 12));
  assert.ok(isRight(0, 0));
  assert.ok(!isRight(-1, 1));
});

test("the largest element is asked for", () => {
  assert.deepEqual(elementOf([[0.1, -3], [2, "nan"]]), { index: [0, 1], value: -3 });
  assert.deepEqual(elementOf(4), { index: [], value: 4 });
  assert.equal(elementOf(["nan"]), null);
});

test("roots are given and unreached nodes are not asked", () => {
  const index = {
    roots: ["n2"],
    passes: [{ order: ["n2", "n1", "n0"] }],
    nodes: [{ id: "n0", gradients: [null] }, { id: "n1", gradients: [0.5] }, { id: "n2", gradients: [1] }],
  };
  assert.deepEqual(askable(index, 0), ["n1"]);
  assert.deepEqual(askable(index, 3), []);
});
