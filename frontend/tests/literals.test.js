import assert from "node:assert/strict";
import test from "node:test";
import { allLiterals, literalAt, literalText, rangeFor, withLiteral } from "../../static/js/editor/literals.js";

test("a minus belongs to a number that nothing stands before", () => {
  const values = allLiterals("a = -2.5\nb = a - 3\nc = [1, -4.0]\n").map((one) => one.value);
  assert.deepEqual(values, [-2.5, 3, 1, -4]);
});

test("the literal under an offset is found by its place", () => {
  const source = "a = 1\nb = 22.5*a\n";
  assert.equal(literalAt(source, source.indexOf("22") + 1).value, 22.5);
  assert.equal(literalAt(source, 0), null);
});

test("a literal is written back without touching the others", () => {
  assert.equal(withLiteral("a = 1.5\nb = -2.0*a", 1, 0.25), "a = 1.5\nb = 0.25*a");
  assert.equal(withLiteral("a = 1", 5, 3), "a = 1");
});

test("a float stays a float and an integer an integer where it can", () => {
  assert.equal(literalText(2, false), "2.0");
  assert.equal(literalText(2, true), "2");
  assert.equal(literalText(2.5, true), "2.5");
  assert.equal(literalText(1e-7, false), "1e-7");
});

test("a slider reaches at least twice as far as its value", () => {
  for (const value of [0, 0.3, 1, -7, 12, 999]) {
    const { min, max, step } = rangeFor(value);
    assert.ok(max >= 2 * Math.abs(value) && min === -max && step > 0, String(value));
  }
});
