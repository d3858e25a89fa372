/** Which rows of a long list exist: those that are seen, and some around them. Rows differ in height, and only those that exist were measured. */

/** Heights of rows, in px: measured ones, and for the others the mean of these. */
export class RowHeights {
  /** @type {Map<number, number>} */
  #measured = new Map();
  #sum = 0;
  #guess;

  /** @param {number} guess while none was measured */
  constructor(guess) {
    this.#guess = guess;
  }

  /** @param {number} row */
  of(row) {
    return this.#measured.get(row) ?? this.#mean;
  }

  /**
   * @param {number} row
   * @param {number} height
   * @returns {boolean} whether that is news
   */
  measure(row, height) {
    const before = this.#measured.get(row);
    if (before === height) return false;
    this.#sum += height - (before ?? 0);
    this.#measured.set(row, height);
    return true;
  }

  forget() {
    if (this.#measured.size) this.#guess = this.#mean;
    this.#measured.clear();
    this.#sum = 0;
  }

  get #mean() {
    return this.#measured.size ? this.#sum / this.#measured.size : this.#guess;
  }
}

/**
 * @param {number} count of rows
 * @param {RowHeights} heights
 * @param {number} from upper edge of what is seen, in px from the first row
 * @param {number} to lower edge
 * @returns {{first: number, end: number, above: number, below: number}} rows from `first` to before `end`; heights of those left out, in px
 */
export function visibleRows(count, heights, from, to) {
  let first = 0;
  let above = 0;
  while (first < count - 1 && above + heights.of(first) <= from) above += heights.of(first++);
  let end = first;
  let bottom = above;
  while (end < count && (bottom < to || end === first)) bottom += heights.of(end++);
  let below = 0;
  for (let row = end; row < count; row += 1) below += heights.of(row);
  return { first, end, above, below };
}

/**
 * The rows that do not exist, run by run: each run needs room where it stands, or what follows would stand too high.
 * @param {Set<number>} existing
 * @param {number} count of rows
 * @param {(row: number) => number} heightOf in px
 * @returns {{row: number, height: number}[]} the first row of each, and the height of all of it
 */
export function missingRuns(existing, count, heightOf) {
  /** @type {{row: number, height: number}[]} */
  const runs = [];
  for (let row = 0; row < count; row += 1) {
    if (existing.has(row)) continue;
    if (row === 0 || existing.has(row - 1)) runs.push({ row, height: 0 });
    const run = runs.at(-1);
    if (run) run.height += heightOf(row);
  }
  return runs;
}
