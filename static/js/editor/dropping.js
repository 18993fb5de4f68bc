// A file that is dropped on the page: a program, or a notebook, whose code cells are the program.

const NAMES = /\.(py|ipynb|txt|md)$/i;
const MOST_BYTES = 20_000_000;

/** The program in a file's text: of a notebook its code cells, without what they gave. */
export function programOf(text) {
  if (!text.trimStart().startsWith("{")) return text;
  try {
    const cells = JSON.parse(text).cells;
    if (!Array.isArray(cells)) return text;
    const code = cells.filter((cell) => cell?.cell_type === "code").map((cell) => [cell.source ?? ""].flat().join(""));
    return code.join("\n\n");
  } catch {
    return text;
  }
}

/** load(source, title): called with what was dropped. */
export function startDropping(load) {
  const fileOf = (event) => [...(event.dataTransfer?.files ?? [])].find((file) => NAMES.test(file.name));
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    const file = fileOf(event);
    if (!file || file.size > MOST_BYTES) return;
    event.preventDefault();
    event.stopPropagation();
    load(programOf(await file.text()), file.name);
  }, { capture: true });
}
