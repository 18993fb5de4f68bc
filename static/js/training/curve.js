// A curve over the passes of a loop: points are [place, number], where "nan" and "inf" stand for what is not finite.

/** How many times as large as the smallest the largest number is where the scale is logarithmic. */
const LOG_FROM = 30;

/** How the numbers of some points stand over each other: from low to high, by their logarithm where they differ much. */
export function scaleOf(points) {
  const finite = points.map(([, number]) => number).filter(Number.isFinite);
  if (finite.length === 0) return null;
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  return { low, high, log: low > 0 && high / low >= LOG_FROM };
}

/** How high a number stands, from 0 (lowest) to 1. */
export function heightOf(number, scale) {
  const of = scale.log ? Math.log : (one) => one;
  const range = of(scale.high) - of(scale.low);
  return range > 0 ? (of(number) - of(scale.low)) / range : 0.5;
}

/** Where a place of count stands, from 0 to 1. */
export const acrossOf = (place, count) => (count > 1 ? place / (count - 1) : 0.5);

/** The place nearest to a part of the width. */
export const placeAt = (part, count) => Math.max(0, Math.min(count - 1, Math.round(part * (count - 1))));

/** The unbroken lines of a curve as paths, and where it is not finite, in a size; null where nothing can be drawn. */
export function linesOf(points, count, { width, height, pad = 4 }) {
  const scale = scaleOf(points);
  const x = (place) => (acrossOf(place, count) * width).toFixed(1);
  const y = (number) => (height - pad - heightOf(number, scale) * (height - 2 * pad)).toFixed(1);
  const lines = [];
  const bad = [];
  let line = [];
  for (const [place, number] of points) {
    if (Number.isFinite(number)) {
      line.push(`${x(place)} ${y(number)}`);
      continue;
    }
    if (typeof number === "string") bad.push(Number(x(place)));
    if (line.length) lines.push(line);
    line = [];
  }
  if (line.length) lines.push(line);
  return { scale, bad, paths: lines.map((one) => (one.length > 1 ? `M${one.join("L")}` : `M${one[0]}h0.1`)) };
}

/** The number that a curve has at a place: its own, or that of the last point before. */
export function numberAt(points, place) {
  const before = points.filter(([at]) => at <= place);
  return before.length ? before[before.length - 1][1] : null;
}

/** Of each axis, the iteration of a place and how many there are: within the same iterations of the axes around it. */
export function iterationsOf(places, place) {
  const own = places[place];
  return own.map((number, axis) => {
    const alike = places.filter((other) => other.slice(0, axis).every((one, at) => one === own[at]));
    return { number, count: Math.max(...alike.map((other) => other[axis])) };
  });
}

/** The place where the next (by 1) or the same or last (by -1) iteration of an axis begins. */
export function turnOf(places, place, axis, by) {
  const isSame = (one, other) => places[one].slice(0, axis + 1).every((number, at) => number === places[other][at]);
  let at = place;
  if (by > 0) {
    while (at < places.length - 1 && isSame(at, place)) at += 1;
    return at;
  }
  if (at > 0 && !isSame(at - 1, place)) at -= 1;
  while (at > 0 && isSame(at - 1, at)) at -= 1;
  return at;
}
