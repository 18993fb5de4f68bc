// Arrow keys: from a card to the nearest one that an edge joins it to, in the direction asked for.

const AHEAD = {
  up: (dx, dy) => [-dy, Math.abs(dx)],
  down: (dx, dy) => [dy, Math.abs(dx)],
  left: (dx, dy) => [-dx, Math.abs(dy)],
  right: (dx, dy) => [dx, Math.abs(dy)],
};

/** Of some places {id, x, y}, the one that lies best in a direction from an origin; null where there is none. */
export function ahead(origin, places, direction) {
  let best = null;
  for (const place of places) {
    const [forward, aside] = AHEAD[direction](place.x - origin.x, place.y - origin.y);
    if (forward <= 1) continue;
    const cost = forward + 2 * aside;
    if (!best || cost < best.cost) best = { id: place.id, cost };
  }
  return best?.id ?? null;
}

/** The ids that edges {source, target} join to an id. */
export function joined(edges, id) {
  const found = new Set();
  for (const { source, target } of edges) {
    if (source === id) found.add(target);
    if (target === id) found.add(source);
  }
  return found;
}

/** The node to go to from one of the picture's groups; joined cards come first, then any card ahead. */
export function neighbour(groups, edges, from, direction) {
  const places = groups.map((group) => {
    const box = group.getBoundingClientRect();
    return { id: group.dataset.node, x: box.x + box.width / 2, y: box.y + box.height / 2 };
  });
  if (places.length === 0) return null;
  const origin = places.find((place) => place.id === from);
  if (!origin) return places[0].id;
  const near = joined([...edges].map((edge) => edge.dataset), from);
  const others = places.filter((place) => place.id !== from);
  return ahead(origin, others.filter((place) => near.has(place.id)), direction) ?? ahead(origin, others, direction);
}
