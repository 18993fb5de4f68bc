// Sliders on numbers of the program: finding them, writing them back, choosing what they range over.
import { literalsIn, placeOf } from "./spans.js";

/** The range of a slider for a value: wide enough to be of use, with 0 in it where the value is small. */
export function rangeFor(value) {
  const size = Math.max(1, Math.abs(value));
  const power = 10 ** Math.ceil(Math.log10(size * 2));
  const reach = [power / 5, power / 2, power].find((one) => one >= 2 * size) ?? power;
  return { min: -reach, max: reach, step: reach / 200 };
}

/** A number with six significant digits, as a slider gives it. */
export const tidy = (number) => Number(number.toPrecision(6));

/** A number as Python writes it, an integer where the literal was one and still can be. */
export function literalText(value, whole) {
  if (whole && Number.isInteger(value)) return String(value);
  const text = String(tidy(value));
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/**
 * The literal at an offset of a program: {number, line, text, value, negative}; number counts the literals of the
 * program, so that it finds the same one after its text changed. A minus before it belongs to it where nothing that
 * could be subtracted from stands before.
 */
export function literalAt(source, offset) {
  const place = placeOf(source, offset);
  const found = allLiterals(source).find((one) => one.line === place.line && offset >= one.from && offset <= one.to);
  return found ?? null;
}

export function allLiterals(source) {
  const all = [];
  let start = 0;
  for (const [row, line] of source.split("\n").entries()) {
    for (const { from, to, value } of literalsIn(line)) {
      const before = line.slice(0, from);
      const negative = /(^|[=(,[{:*/+%<>-]|\breturn|\bin)\s*-$/.test(before);
      const at = negative ? from - 1 : from;
      const text = line.slice(at, to);
      all.push({
        number: all.length, line: row + 1, from: start + at, to: start + to, text, value: negative ? -value : value,
        whole: /^-?\d+$/.test(text),
      });
    }
    start += line.length + 1;
  }
  return all;
}

/** The program with the literal of a number changed. */
export function withLiteral(source, number, value) {
  const literal = allLiterals(source)[number];
  if (!literal) return source;
  return source.slice(0, literal.from) + literalText(value, literal.whole) + source.slice(literal.to);
}
