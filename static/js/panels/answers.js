// Predict, then reveal: which gradients are asked for, which element of each, and whether an answer is right.

const RELATIVE = 0.01;
const ABSOLUTE = 0.0005;
const MOST = 20;

/** A number as people type it: "0.5", "-2e-3", "1/6", "2*0.0833"; null for anything else. */
export function readNumber(text) {
  const clean = text.trim().replaceAll("−", "-").replace(/^\+/, "");
  const number = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i;
  let rest = clean;
  let result = null;
  let operator = null;
  while (rest) {
    const match = number.exec(rest);
    if (!match) return null;
    const value = Number(match[0]);
    result = operator === null ? value : operator === "/" ? result / value : result * value;
    rest = rest.slice(match[0].length).trimStart();
    if (!rest) return Number.isFinite(result) ? result : null;
    operator = rest[0];
    if (operator !== "/" && operator !== "*") return null;
    rest = rest.slice(1).trimStart();
    if (!rest) return null;
  }
  return null;
}

/** Whether an answer is near enough: within one part in a hundred, or half of the fourth decimal's unit for small numbers. */
export function isRight(given, wanted) {
  return Math.abs(given - wanted) <= Math.max(RELATIVE * Math.abs(wanted), ABSOLUTE);
}

/** The place and the value of the element that is asked for: the largest one. */
export function elementOf(values) {
  let best = { index: [], value: 0, size: -1 };
  const pending = [[values, []]];
  while (pending.length) {
    const [value, index] = pending.pop();
    if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at -= 1) pending.push([value[at], [...index, at]]);
    } else if (typeof value === "number" && Math.abs(value) > best.size) {
      best = { index, value, size: Math.abs(value) };
    }
  }
  return best.size < 0 ? null : { index: best.index, value: best.value };
}

/** The nodes that can be asked about, in the order in which backward comes to them; roots are given, not asked. */
export function askable(index, pass) {
  const run = index.passes[pass];
  if (!run) return [];
  const nodes = new Map(index.nodes.map((node) => [node.id, node]));
  const known = (id) => typeof nodes.get(id)?.gradients[pass] === "number";
  return run.order.filter((id) => known(id) && !index.roots.includes(id)).slice(0, MOST);
}
