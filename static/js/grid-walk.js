/**
 * Where an arrow key leads in a grid of groups, each of which begins a new row. Items are counted through all groups.
 * @param {string} key as in `KeyboardEvent.key`
 * @param {number} here
 * @param {number[]} counts items in each group
 * @param {number} columns
 * @returns {number | null} null: the key does not walk
 */
export function gridWalk(key, here, counts, columns) {
  const last = counts.reduce((sum, count) => sum + count, 0) - 1;
  switch (key) {
    case "ArrowRight":
      return Math.min(last, here + 1);
    case "ArrowLeft":
      return Math.max(0, here - 1);
    case "ArrowDown":
      return below(here, counts, columns);
    case "ArrowUp":
      return above(here, counts, columns);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

/**
 * @param {number} here
 * @param {number[]} counts
 * @param {number} columns
 */
function below(here, counts, columns) {
  const { start, count, next } = groupOf(here, counts);
  const place = here - start;
  if (place + columns < count) return here + columns;
  if (rowOf(place, columns) < rowOf(count - 1, columns)) return start + count - 1;
  return next ? start + count + Math.min(place % columns, next - 1) : here;
}

/**
 * @param {number} here
 * @param {number[]} counts
 * @param {number} columns
 */
function above(here, counts, columns) {
  const { start, before } = groupOf(here, counts);
  const place = here - start;
  if (place >= columns) return here - columns;
  if (!before) return here;
  const lastRow = rowOf(before - 1, columns) * columns;
  return start - before + Math.min(lastRow + place, before - 1);
}

/**
 * The group of an item: where it begins, how many it has, and how many its neighbours have.
 * @param {number} here
 * @param {number[]} all
 */
function groupOf(here, all) {
  const counts = all.filter((count) => count > 0);
  let start = 0;
  let group = 0;
  while (group < counts.length - 1 && here >= start + (counts[group] ?? 0)) start += counts[group++] ?? 0;
  return { start, count: counts[group] ?? 0, before: counts[group - 1] ?? 0, next: counts[group + 1] ?? 0 };
}

/**
 * @param {number} place
 * @param {number} columns
 */
function rowOf(place, columns) {
  return Math.floor(place / columns);
}
