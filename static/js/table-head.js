import { arrange, button, element, setAttribute } from "./dom.js";
import { fieldNamed } from "./fields.js";
import { USUAL_SORT, sortedBy } from "./sort-control.js";

/** @import { Choice } from "./choice.js" */
/** @import { Services } from "./services.js" */
/** @import { Column } from "./table-columns.js" */

/** The row of headings: each sorts by its column. */
export class TableHead {
  element = element("div", "table-row table-head");

  #services;
  /** @type {Map<Column, HTMLElement>} */
  #places = new Map();
  /** @type {HTMLInputElement | null} */
  #box = null;
  /** @type {HTMLElement[]} */
  #marks;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    this.#marks = services.role === "operator" ? [this.#mark()] : [];
    this.element.setAttribute("role", "row");
    this.element.setAttribute("aria-rowindex", "1");
  }

  /** @param {readonly Column[]} columns those that were there before stay, with the focus */
  setColumns(columns) {
    this.#places = new Map(columns.map((column) => [column, this.#places.get(column) ?? this.#place(column)]));
    arrange(this.element, [...this.#marks, ...this.#places.values()]);
  }

  /** @param {Choice} choice */
  show({ sort, descending }) {
    const sorted = fieldNamed(sort)?.name ?? USUAL_SORT;
    for (const [{ field }, place] of this.#places)
      setAttribute(place, "aria-sort", field !== sorted ? "none" : descending ? "descending" : "ascending");
  }

  showMarked() {
    if (!this.#box) return;
    const { shown, ids } = this.#services.marked;
    const marked = shown.filter((id) => ids.has(id)).length;
    this.#box.checked = marked > 0 && marked === shown.length;
    this.#box.indeterminate = marked > 0 && marked < shown.length;
  }

  /** @param {Column} column */
  #place({ id, label, field, isNumber }) {
    const sort = button("sort-button", label, () => this.#onSort(field));
    const about = fieldNamed(field)?.about;
    if (about) sort.title = `Sort by ${fieldNamed(field)?.label}: ${about}`;
    const place = element("div", isNumber ? "table-cell table-number" : "table-cell", sort);
    place.setAttribute("role", "columnheader");
    place.dataset.column = id;
    return place;
  }

  /** @param {string} field */
  #onSort(field) {
    const { choices } = this.#services;
    const { sort, descending } = choices.current;
    const isSorted = (fieldNamed(sort)?.name ?? USUAL_SORT) === field;
    choices.choose(isSorted ? { sort: field, descending: !descending } : sortedBy(field));
  }

  #mark() {
    const box = element("input", "mark-box");
    box.type = "checkbox";
    box.setAttribute("aria-label", "mark all hosts that are shown");
    box.addEventListener("click", () => {
      const { marked } = this.#services;
      if (box.checked) marked.mark(marked.shown);
      else marked.unmark([...marked.shown]);
    });
    this.#box = box;
    const place = element("div", "table-cell table-mark", box);
    place.setAttribute("role", "columnheader");
    return place;
  }
}
