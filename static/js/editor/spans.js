// Places in the program: lines from 1 and columns from 0, in characters as Python counts them (code points).

/** The offset in UTF-16 units of a column counted in code points. */
export function unitOf(text, column) {
  let units = 0;
  for (const character of text) {
    if (column <= 0) break;
    units += character.length;
    column -= 1;
  }
  return units;
}

/** The offsets {from, to} of a span [line, column, endLine, endColumn] in a text. */
export function offsetsOf(text, [line, column, endLine, endColumn]) {
  const lines = text.split("\n");
  const start = (number) => lines.slice(0, number - 1).reduce((sum, row) => sum + row.length + 1, 0);
  const at = (number, place) => {
    if (number > lines.length) return text.length;
    const row = lines[Math.max(number, 1) - 1];
    return start(Math.max(number, 1)) + Math.min(unitOf(row, place), row.length);
  };
  const from = at(line, column ?? 0);
  const to = endLine ? at(endLine, endColumn ?? 0) : start(line) + (lines[line - 1] ?? "").length;
  return { from, to: Math.max(from, to) };
}

/** The line and column of an offset. */
export function placeOf(text, offset) {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: [...before.at(-1)].length };
}

function contains([line, column, endLine, endColumn], place) {
  const after = place.line > line || (place.line === line && place.column >= column);
  const before = place.line < endLine || (place.line === endLine && place.column <= endColumn);
  return after && before;
}

/** The nodes whose sub-expression holds a place, the narrowest span alone. */
export function nodesAt(nodes, place) {
  const around = nodes.filter((node) => node.span && contains(node.span, place));
  const width = ({ span: [line, column, endLine, endColumn] }) => (endLine - line) * 10_000 + endColumn - column;
  const least = Math.min(...around.map(width));
  return around.filter((node) => width(node) === least);
}

/** Number literals of a line of Python: {from, to, value} in units of the line. */
export function literalsIn(line) {
  const found = [];
  const pattern = /(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/g;
  const code = line.replace(/#.*$/, "");
  for (const match of code.matchAll(pattern)) {
    found.push({ from: match.index, to: match.index + match[0].length, value: Number(match[0]) });
  }
  return found;
}
