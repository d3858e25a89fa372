import { arrange, element, setAttribute, setText } from "./dom.js";
import { Meter } from "./meter.js";
import { Signal } from "./signal.js";

/**
 * @template T
 * @typedef {object} Column
 * @property {string} name
 * @property {string} label
 * @property {(row: T) => number | string | null} of what it is sorted by
 * @property {(row: T) => string} text untrusted
 * @property {(row: T) => number} [ratio] a meter beside the text
 * @property {(row: T) => string} [title]
 * @property {boolean} [isName] what the row is called; first, and to the left
 */

const naturally = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/**
 * A table that is sorted by a column of the reader's choice, and of which only what changed is touched.
 * @template T
 */
export class SortableTable {
  element = element("div", "table-place");
  /** By another column, or the other way round. @type {Signal<{name: string, descending: boolean}>} */
  sorted = new Signal();

  #columns;
  #keyOf;
  #sort;
  #descending;
  /** @type {T[]} */
  #rows = [];
  /** @type {Map<string, Row<T>>} */
  #shown = new Map();
  #body = element("tbody");
  /** @type {Map<string, HTMLElement>} */
  #heads = new Map();

  /**
   * @param {string} name what it is a table of
   * @param {Column<T>[]} columns
   * @param {(row: T) => string} keyOf
   * @param {string} [sort] name of the column that it is sorted by at first, the largest above; the first column otherwise
   */
  constructor(name, columns, keyOf, sort) {
    this.#columns = columns;
    this.#keyOf = keyOf;
    this.#sort = sort ?? columns[0]?.name ?? "";
    this.#descending = sort !== undefined;
    const heads = columns.map((column) => this.#head(column));
    const table = element("table", "sortable-table", element("caption", "visually-hidden", name), element("thead", "", element("tr", "", ...heads)), this.#body);
    this.element.append(table);
    this.element.tabIndex = 0; // so that who has no pointer can scroll it sideways
    setAttribute(this.element, "role", "region");
    setAttribute(this.element, "aria-label", name);
    this.#showSort();
  }

  /** @param {T[]} rows */
  show(rows) {
    this.#rows = rows;
    const column = this.#columns.find(({ name }) => name === this.#sort);
    const sign = this.#descending ? -1 : 1;
    const sorted = [...rows].sort((a, b) => sign * compare(column?.of(a) ?? null, column?.of(b) ?? null) || naturally.compare(this.#keyOf(a), this.#keyOf(b)));
    const before = this.#shown;
    this.#shown = new Map();
    for (const row of sorted) {
      const key = this.#keyOf(row);
      const shown = before.get(key) ?? new Row(this.#columns);
      shown.show(row);
      this.#shown.set(key, shown);
    }
    arrange(this.#body, [...this.#shown.values()].map(({ element }) => element));
  }

  /**
   * @param {string} name of a column
   * @param {boolean} descending
   */
  sortBy(name, descending) {
    this.#sort = name;
    this.#descending = descending;
    this.#showSort();
    this.show(this.#rows);
    this.sorted.emit({ name, descending });
  }

  /** @param {Column<T>} column */
  #head({ name, label, isName = false }) {
    const press = element("button", "table-sort", label);
    press.type = "button";
    press.addEventListener("click", () => this.sortBy(name, this.#sort === name ? !this.#descending : !isName));
    const head = element("th", isName ? "" : "table-number", press);
    head.scope = "col";
    this.#heads.set(name, head);
    return head;
  }

  #showSort() {
    const direction = this.#descending ? "descending" : "ascending";
    for (const [name, head] of this.#heads) setAttribute(head, "aria-sort", name === this.#sort ? direction : null);
  }
}

/** @template T */
class Row {
  element = element("tr");
  #columns;
  #texts;
  #meters;

  /** @param {Column<T>[]} columns */
  constructor(columns) {
    this.#columns = columns;
    this.#texts = columns.map(() => element("bdi"));
    this.#meters = columns.map(({ ratio }) => (ratio ? new Meter() : null));
    this.element.append(...columns.map((column, index) => this.#cell(column, index)));
  }

  /** @param {T} row */
  show(row) {
    this.#columns.forEach((column, index) => {
      const text = this.#texts[index];
      if (!text) return;
      setText(text, column.text(row));
      setAttribute(text, "title", column.title?.(row) ?? (column.isName ? column.text(row) : null));
      this.#meters[index]?.show(column.ratio?.(row) ?? 0, column.label, column.text(row));
    });
  }

  /**
   * @param {Column<T>} column
   * @param {number} index
   */
  #cell({ isName }, index) {
    const text = /** @type {HTMLElement} */ (this.#texts[index]);
    const meter = this.#meters[index];
    if (isName) {
      const head = element("th", "table-name", text);
      head.scope = "row";
      return head;
    }
    return element("td", "table-number", ...(meter ? [element("div", "table-meter", text, meter.element)] : [text]));
  }
}

/**
 * What is not known comes last of the numbers.
 * @param {number | string | null} a
 * @param {number | string | null} b
 */
function compare(a, b) {
  if (typeof a === "string" && typeof b === "string") return naturally.compare(a, b);
  return (typeof a === "number" ? a : -Infinity) - (typeof b === "number" ? b : -Infinity) || 0;
}
