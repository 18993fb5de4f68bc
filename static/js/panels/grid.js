// The grid editor of a matrix or vector: one field for each element, arrow keys go from field to field.
import { byId, make } from "../page/dom.js";
import { openDialog } from "../page/dialogs.js";

/** A copy of nested lists with every number changed by a function. */
export const mapNested = (value, change) =>
  Array.isArray(value) ? value.map((one) => mapNested(one, change)) : change(value);

/** The shape of nested lists. */
export function shapeOf(value) {
  const shape = [];
  for (let inner = value; Array.isArray(inner); inner = inner[0]) shape.push(inner.length);
  return shape;
}

/** Nested lists of a shape filled by a function. */
export function filled(shape, make) {
  if (shape.length === 0) return make();
  return Array.from({ length: shape[0] }, () => filled(shape.slice(1), make));
}

/** Rows and columns changed to a size: what fits is kept, the rest is 1. */
export function resized(value, rows, columns) {
  const row = (at) => Array.from({ length: columns }, (_, column) => value[at]?.[column] ?? 1);
  return Array.from({ length: rows }, (_, at) => row(at));
}

/** Opens the editor of a value (a list, or a list of lists); change(value) is called with each edit. */
export function editGrid(name, value, change) {
  const flat = shapeOf(value).length === 1;
  let rows = flat ? [value] : value;
  byId("grid-title").textContent = name;
  const body = byId("grid-body");

  function set(row, column, text) {
    const number = Number(text);
    if (text.trim() === "" || !Number.isFinite(number)) return;
    rows = rows.map((one, at) => (at === row ? one.map((old, place) => (place === column ? number : old)) : one));
    change(flat ? rows[0] : rows);
  }

  function move(event, row, column) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    body.querySelector(`[data-at="${row + step[0]},${column + step[1]}"]`)?.focus();
  }

  const table = make("table");
  rows.forEach((one, row) => {
    const line = make("tr");
    one.forEach((number, column) => {
      const field = make("input", {
        value: number, inputmode: "decimal", "data-at": `${row},${column}`,
        "aria-label": flat ? `${name}[${column}]` : `${name}[${row}, ${column}]`,
        oninput: (event) => set(row, column, event.target.value),
        onkeydown: (event) => move(event, row, column),
      });
      line.append(make("td", {}, field));
    });
    table.append(line);
  });
  body.replaceChildren(table);
  openDialog("grid");
}
