// Completion: the names that programs may use, with what they take and do, fetched once on first need.

let names = null;

async function load() {
  names ??= fetch("/names").then((response) => (response.ok ? response.json() : []), () => []);
  return names;
}

/** The word before the cursor: {text, from, dotted}; dotted is what stands before the last dot. */
export function wordBefore(line) {
  const match = /(?:([A-Za-z_][\w.]*)\.)?([A-Za-z_]\w*)?$/.exec(line);
  const [whole, owner, name] = match ?? ["", undefined, undefined];
  return { from: line.length - (name ?? "").length, owner: owner ?? null, name: name ?? "", whole };
}

/** The entries that may stand after an owner ("torch", "F", or null for a bare name), or after a value's dot. */
export function entriesFor(entries, owner) {
  if (owner === null) return entries.filter((entry) => entry.owner === null);
  const owned = entries.filter((entry) => entry.owner === owner);
  return owned.length ? owned : entries.filter((entry) => entry.owner === "Tensor");
}

export function completions() {
  return async (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    if (/(^|[^\\])#/.test(before)) return null;
    const { from, owner, name } = wordBefore(before);
    if (!context.explicit && !name && owner === null) return null;
    const options = entriesFor(await load(), owner).map((entry) => ({
      label: entry.name,
      detail: entry.signature,
      info: entry.text || undefined,
      type: "function",
    }));
    return options.length ? { from: line.from + from, options, validFor: /^\w*$/ } : null;
  };
}
