/**
 * Which hosts have a line: those with the largest values. Each keeps its place, hence its colour, while another takes that of one that left.
 * @param {Map<string, number>} values of all hosts that are shown
 * @param {string[]} before
 * @param {number} most
 * @returns {string[]}
 */
export function overlayLines(values, before, most) {
  const first = [...values].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, most);
  const chosen = new Set(first.map(([id]) => id));
  const places = before.map((id) => (chosen.has(id) ? id : null));
  const kept = new Set(places);
  for (const [id] of first) {
    if (kept.has(id)) continue;
    const free = places.indexOf(null);
    if (free === -1) places.push(id);
    else places[free] = id;
  }
  return places.filter((id) => id !== null);
}
