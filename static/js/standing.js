/**
 * Which of these can stay where they are while the others move, so that all are in ascending order: as many as possible.
 * @param {readonly number[]} places where each is to be; no two the same
 * @returns {Set<number>} of these places
 */
export function standing(places) {
  /** By length, the least last place of an ascending row that is so long. @type {number[]} */
  const ends = [];
  /** @type {Map<number, number | undefined>} */
  const before = new Map();
  for (const place of places) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? Infinity) < place) low = middle + 1;
      else high = middle;
    }
    ends[low] = place;
    before.set(place, ends[low - 1]);
  }
  const found = new Set();
  for (let place = ends.at(-1); place !== undefined; place = before.get(place)) found.add(place);
  return found;
}
