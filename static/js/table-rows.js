import { arrange, setAttribute } from "./dom.js";
import { GroupRow, HostRow } from "./table-row.js";

/** @import { Services } from "./services.js" */
/** @import { Column } from "./table-columns.js" */
/** @import { Existing } from "./table-lines.js" */
/** @import { Line } from "./table-row.js" */

/** All rows are as high as this, which stands in table.css as well. */
export const ROW_REM = 2.75;

/** How long a frame may make rows that are seen, and rows beyond the edges. @typedef {{seenMs: number, spareMs: number}} Limits */
const NO_LIMITS = { seenMs: Infinity, spareMs: Infinity };

/**
 * The rows that exist: those of the lines in sight, used again for other lines while one scrolls. One of them is reached by the Tab key.
 * A row that is used again stays where it is in the document, because moving it costs more than all that is written into it: `settle` puts
 * them in order when there is time.
 */
export class TableRows {
  #body;
  #services;
  /** @type {readonly Column[]} */
  #columns = [];
  /** By the key of their line. @type {Map<string, HostRow | GroupRow>} */
  #rows = new Map();
  /** @type {HostRow[]} */
  #spare = [];
  /** The key of the line that the Tab key reaches. */
  #current = "";

  /**
   * @param {HTMLElement} body
   * @param {Services} services
   */
  constructor(body, services) {
    this.#body = body;
    this.#services = services;
    body.addEventListener("focusin", ({ target }) => this.#onFocus(/** @type {Node} */ (target)));
  }

  get current() {
    return this.#current;
  }

  /** The row of a host that the Tab key reaches; null if it is out of sight. */
  get currentRow() {
    const row = this.#rows.get(this.#current);
    return row instanceof HostRow ? row : null;
  }

  /** @returns {HostRow[]} */
  get hosts() {
    return [...this.#rows.values()].filter((row) => row instanceof HostRow);
  }

  /** @param {readonly Column[]} columns */
  setColumns(columns) {
    this.#columns = columns;
    this.#rows.clear();
    this.#spare = [];
  }

  /**
   * Make the rows of these lines, and of the one that has the focus, which never goes.
   * @param {Line[]} lines
   * @param {Existing} range
   * @param {number} now the hub's clock, in seconds
   * @param {boolean} isFresh more than hosts may be new
   * @param {Limits} [limits] for making rows, nearest to the middle first; one is made in any case
   * @returns {boolean} false: time was up, and some are still to be made
   */
  show(lines, { first, end, seen }, now, isFresh, limits = NO_LIMITS) {
    const places = Array.from({ length: end - first }, (_, index) => first + index);
    const focused = this.#focusedKey();
    const held = focused === null ? -1 : lines.findIndex(({ key }) => key === focused);
    if (held >= 0 && (held < first || held >= end)) places.push(held);
    const keys = new Set(places.map((place) => lines[place]?.key));
    const before = this.#rows;
    const gone = [...before].flatMap(([key, row]) => (!keys.has(key) && row instanceof HostRow ? [row] : []));
    for (const { element } of gone) blurWithin(element);
    this.#spare.push(...gone);
    this.#rows = new Map();
    const middle = (seen.first + seen.end) / 2;
    const began = performance.now();
    let made = 0;
    for (const place of places.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))) {
      const line = /** @type {Line} */ (lines[place]);
      const known = before.get(line.key);
      const limitMs = place >= seen.first && place < seen.end ? limits.seenMs : limits.spareMs;
      if (!known && made && performance.now() - began > limitMs) continue;
      if (!known) made += 1;
      const row = this.#row(known ?? this.#newRow(line), line, place);
      this.#rows.set(line.key, row);
      if (row instanceof HostRow) this.#bring(row, now, isFresh);
    }
    this.#attach();
    if (isFresh) this.settle();
    this.#reach(lines);
    return this.#rows.size === keys.size;
  }

  /** Rows that are used again are in the document already. */
  #attach() {
    const existing = new Set([...this.#rows.values(), ...this.#spare].map((row) => row.element));
    for (const child of [...this.#body.children]) if (!existing.has(/** @type {HTMLDivElement} */ (child))) child.remove();
    for (const element of existing) if (!element.parentElement) this.#body.append(element);
  }

  /** Put the rows into the document's order, for who reads it from top to bottom. */
  settle() {
    for (const row of this.#spare.splice(0)) row.element.remove();
    const rows = [...this.#rows.values()].sort((a, b) => a.place - b.place);
    arrange(this.#body, rows.map((row) => row.element));
  }

  /**
   * Show its host as it is now.
   * @param {HostRow} row
   * @param {number} now the hub's clock, in seconds
   * @param {boolean} [isFresh]
   */
  renew(row, now, isFresh = false) {
    const host = this.#services.store.get(row.wanted);
    if (host) row.show({ id: row.wanted, host }, now, isFresh);
  }

  /**
   * Show its host, unless it does so already.
   * @param {HostRow} row
   * @param {number} now
   * @param {boolean} isFresh
   */
  #bring(row, now, isFresh) {
    const host = this.#services.store.get(row.wanted);
    if (host && (isFresh || !row.shows({ id: row.wanted, host }))) row.show({ id: row.wanted, host }, now, isFresh);
  }

  /** @param {string} key of a line in sight */
  focus(key) {
    this.#rows.get(key)?.element.focus({ preventScroll: true });
  }

  /** @param {Line} line */
  #newRow({ entry }) {
    if (!entry) return new GroupRow(this.#columns.length + 1, this.#services.format);
    const row = this.#spare.pop() ?? new HostRow(this.#columns, this.#services);
    row.reach(false);
    return row;
  }

  /**
   * @param {HostRow | GroupRow} row
   * @param {Line} line
   * @param {number} place
   */
  #row(row, line, place) {
    row.place = place;
    row.element.style.top = `${place * ROW_REM}rem`;
    setAttribute(row.element, "aria-rowindex", String(place + 2));
    if (line.entry && row instanceof HostRow) row.wanted = line.entry.id;
    if (!line.entry && row instanceof GroupRow) row.show(line.group);
    return row;
  }

  /** @param {Line[]} lines */
  #reach(lines) {
    if (!lines.some(({ key }) => key === this.#current)) this.#current = lines.find(({ entry }) => entry)?.key ?? "";
    this.currentRow?.reach(true);
  }

  #focusedKey() {
    const focused = document.activeElement;
    return focused && this.#body.contains(focused) ? this.#keyOf(focused) : null;
  }

  /** @param {Node} target */
  #keyOf(target) {
    return [...this.#rows].find(([, row]) => row.element.contains(target))?.[0] ?? null;
  }

  /** @param {Node} target */
  #onFocus(target) {
    const key = this.#keyOf(target);
    if (key === null || key === this.#current) return;
    this.currentRow?.reach(false);
    this.#current = key;
    this.currentRow?.reach(true);
  }
}

/**
 * The focus does not go on to another host.
 * @param {HTMLElement} element
 */
function blurWithin(element) {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && element.contains(focused)) focused.blur();
}
