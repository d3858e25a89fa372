import { arrange, setAttribute } from "./dom.js";
import { GroupRow, HostRow } from "./table-row.js";

/** @import { Services } from "./services.js" */
/** @import { Column } from "./table-columns.js" */
/** @import { Line } from "./table-row.js" */

/** All rows are as high as this, which stands in table.css as well. */
export const ROW_REM = 2.75;

/** The rows that exist: those of the lines in sight, used again for other lines while one scrolls. One of them is reached by the Tab key. */
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
   * @param {{first: number, end: number}} range
   * @param {number} now the hub's clock, in seconds
   * @param {boolean} isFresh more than hosts may be new
   */
  show(lines, { first, end }, now, isFresh) {
    const wanted = lines.slice(first, end).map((line, index) => ({ line, place: first + index }));
    const focused = this.#focusedKey();
    const place = focused === null ? -1 : lines.findIndex(({ key }) => key === focused);
    const line = lines[place];
    if (line && place < first) wanted.unshift({ line, place });
    if (line && place >= end) wanted.push({ line, place });
    const keys = new Set(wanted.map(({ line }) => line.key));
    const before = this.#rows;
    for (const [key, row] of before) if (!keys.has(key) && row instanceof HostRow) this.#spare.push(row);
    this.#rows = new Map(wanted.map(({ line, place }) => [line.key, this.#row(before.get(line.key) ?? this.#newRow(line), line, place)]));
    for (const row of this.hosts) this.renew(row, now, isFresh);
    arrange(this.#body, [...this.#rows.values()].map((row) => row.element));
    this.#reach(lines);
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

  /** @param {string} key of a line in sight */
  focus(key) {
    this.#rows.get(key)?.element.focus({ preventScroll: true });
  }

  /** @param {Line} line */
  #newRow({ entry }) {
    if (!entry) return new GroupRow(this.#columns.length + 1);
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
    row.element.style.top = `${place * ROW_REM}rem`;
    setAttribute(row.element, "aria-rowindex", String(place + 2));
    if (line.entry && row instanceof HostRow) row.wanted = line.entry.id;
    if (!line.entry && row instanceof GroupRow) row.show(line.label, line.count);
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
