/** Which rows of a long list exist: those that are seen, and some around them. Rows differ in height, and only those that exist were measured. */

/** Heights of rows, in px: measured ones, and for the others the mean of those of their kind. */
export class RowHeights {
  /** @type {Map<number, {height: number, kind: string}>} */
  #measured = new Map();
  /** By kind. @type {Map<string, {sum: number, count: number}>} */
  #sums = new Map();
  /** What is known of a kind of which no row is measured now. @type {Map<string, number>} */
  #guesses = new Map();
  #guess;
  #kindOf;

  /**
   * @param {number} guess while nothing was measured
   * @param {(row: number) => string} [kindOf] rows of one kind are about as high
   */
  constructor(guess, kindOf = () => "") {
    this.#guess = guess;
    this.#kindOf = kindOf;
  }

  /** @param {number} row */
  of(row) {
    const kind = this.#kindOf(row);
    const measured = this.#measured.get(row);
    return measured?.kind === kind ? measured.height : this.#mean(kind);
  }

  /**
   * @param {number} row
   * @param {number} height
   * @returns {boolean} whether that is news
   */
  measure(row, height) {
    const kind = this.#kindOf(row);
    const before = this.#measured.get(row);
    if (before?.kind === kind && before.height === height) return false;
    if (before) this.#add(before.kind, -before.height, -1);
    this.#add(kind, height, 1);
    this.#measured.set(row, { height, kind });
    return true;
  }

  forget() {
    for (const kind of this.#sums.keys()) this.#guesses.set(kind, this.#mean(kind));
    this.#measured.clear();
    this.#sums.clear();
  }

  /**
   * @param {string} kind
   * @param {number} height
   * @param {1 | -1} count
   */
  #add(kind, height, count) {
    const { sum, count: before } = this.#sums.get(kind) ?? { sum: 0, count: 0 };
    this.#sums.set(kind, { sum: sum + height, count: before + count });
  }

  /** @param {string} kind */
  #mean(kind) {
    const { sum, count } = this.#sums.get(kind) ?? { sum: 0, count: 0 };
    return count ? sum / count : (this.#guesses.get(kind) ?? this.#guess);
  }
}

/**
 * @param {number} count of rows
 * @param {RowHeights} heights
 * @param {number} from upper edge of what is seen, in px from the first row
 * @param {number} to lower edge
 * @returns {{first: number, end: number}} rows from `first` to before `end`
 */
export function visibleRows(count, heights, from, to) {
  let first = 0;
  let above = 0;
  while (first < count - 1 && above + heights.of(first) <= from) above += heights.of(first++);
  let end = first;
  let bottom = above;
  while (end < count && (bottom < to || end === first)) bottom += heights.of(end++);
  return { first, end };
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
