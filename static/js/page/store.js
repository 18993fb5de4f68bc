// The state of the page: one frozen object, replaced at each change; listeners get the new one and the old one.

export const EMPTY = Object.freeze({
  source: "",
  inputs: {},
  sliders: [],
  view: "both",
  colour: "none",
  pass: null,
  open: [],
  closed: [],
  node: null,
  step: null,
  predict: [],
  gradient: null,
  more: {},
});

export function createStore(initial = EMPTY) {
  let state = Object.freeze({ ...EMPTY, ...initial });
  const listeners = [];
  return {
    get: () => state,
    /** Changes some fields; why says who did it ("type", "slide", "load", ...). */
    set(changes, why = "") {
      const before = state;
      const differs = Object.keys(changes).some((key) => changes[key] !== before[key]);
      if (!differs) return;
      state = Object.freeze({ ...before, ...changes });
      for (const listener of listeners) listener(state, before, why);
    },
    /** Calls back at each change of one of the fields, or of any. */
    on(fields, callback) {
      listeners.push((now, before, why) => {
        if (fields.length === 0 || fields.some((field) => now[field] !== before[field])) callback(now, before, why);
      });
    },
  };
}
