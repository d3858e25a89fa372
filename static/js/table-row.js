import { element, setAttribute, setReachable } from "./dom.js";
import { GroupLabel } from "./group-label.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Group } from "./selection.js" */
/** @import { Services } from "./services.js" */
/** @import { Entry } from "./store.js" */
/** @import { Cell } from "./table-cells.js" */
/** @import { Column } from "./table-columns.js" */

/** @typedef {{key: string, group: Group, entry: null} | {key: string, entry: Entry}} Line a group's heading, or a host */

/** A row of the table, for one host after another. */
export class HostRow {
  element = element("div", "table-row");
  /** Of the host that it shows. */
  id = "";
  /** Of the host that it is to show. */
  wanted = "";
  /** Of its line. */
  place = 0;

  #services;
  /** @type {HostView | null} */
  #host = null;
  /** @type {Cell[]} */
  #cells;
  /** @type {HTMLInputElement | null} */
  #box = null;

  /**
   * @param {readonly Column[]} columns
   * @param {Services} services
   */
  constructor(columns, services) {
    this.#services = services;
    this.element.setAttribute("role", "row");
    if (services.role === "operator") this.element.append(this.#mark());
    this.#cells = columns.map(({ id, cell, isName, isNumber }) => {
      const made = cell(services);
      const place = element("div", isNumber ? "table-cell table-number" : "table-cell", ...made.parts);
      place.dataset.column = id;
      place.setAttribute("role", isName ? "rowheader" : "gridcell");
      this.element.append(place);
      return made;
    });
  }

  /**
   * Whether it shows this host as it is.
   * @param {Entry} entry
   */
  shows({ id, host }) {
    return host === this.#host && id === this.id;
  }

  /**
   * Touches only what may be other than before.
   * @param {Entry} entry
   * @param {number} now the hub's clock, in seconds
   * @param {boolean} isFresh more than the host may be new
   */
  show(entry, now, isFresh) {
    const isNew = isFresh || !this.shows(entry);
    for (const cell of this.#cells) if (isNew || cell.isTimed) cell.show(entry, now);
    if (!isNew) return;
    this.id = entry.id;
    this.#host = entry.host;
    setAttribute(this.element, "data-host", entry.id);
    setAttribute(this.element, "data-status", entry.host.status);
    this.#showMarked(entry);
  }

  /**
   * More is known of the host's last minutes.
   * @param {number} now the hub's clock, in seconds
   */
  trend(now) {
    for (const cell of this.#cells) cell.trend?.(this.id, now);
  }

  /** @param {Entry} entry */
  #showMarked({ id, host }) {
    if (!this.#box) return;
    const isMarked = this.#services.marked.ids.has(id);
    this.#box.checked = isMarked;
    setAttribute(this.#box, "aria-label", `mark ${host.name}`);
    setAttribute(this.element, "aria-selected", String(isMarked));
  }

  /** @param {boolean} isReachable by the Tab key, with what can be pressed in it */
  reach(isReachable) {
    setReachable(this.element, isReachable);
  }

  #mark() {
    const box = element("input", "mark-box");
    box.type = "checkbox";
    box.addEventListener("click", (event) => this.#services.marked.pick(this.id, event.shiftKey));
    this.#box = box;
    const place = element("div", "table-cell table-mark", box);
    place.setAttribute("role", "gridcell");
    return place;
  }
}

/** The heading of a group. */
export class GroupRow {
  element = element("div", "table-row table-group");
  /** Of its line. */
  place = 0;

  #label;

  /**
   * @param {number} columns how many it spans
   * @param {Formatter} format
   */
  constructor(columns, format) {
    this.#label = new GroupLabel(format);
    const cell = element("div", "table-cell", this.#label.element);
    this.element.setAttribute("role", "row");
    cell.setAttribute("role", "rowheader");
    cell.setAttribute("aria-colspan", String(columns));
    this.element.append(cell);
  }

  /** @param {Group} group */
  show(group) {
    this.#label.show(group);
  }
}
