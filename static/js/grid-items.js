import { arrange, element, setAttribute, setReachable } from "./dom.js";
import { GroupLabel } from "./group-label.js";
import { missingRuns } from "./visible-rows.js";

/** @import { Formatter } from "./format.js" */
/** @import { Item, Row } from "./grid-rows.js" */
/** @import { Group } from "./selection.js" */

/** An item that exists. @typedef {{item: Item, element: HTMLElement, row: number}} Existing */
/** An item that is to exist, or a label. @typedef {{item: Item, row: number, column: number, number: number}} Place `number` counts all items, from 1 */
/**
 * @typedef {object} Wanted
 * @property {Row[]} rows all there are
 * @property {number} first row that is to exist
 * @property {number} end row behind the last
 * @property {number} columns
 * @property {number} count of all items
 */

/**
 * The items of a grid that exist. One that goes becomes another one in its place in the document, and CSS puts it where it is to be seen:
 * moving a card costs more than all that is written into it. `settle` brings the document into order when there is time.
 */
export class GridItems {
  /** Rows that exist, by an element that is as high. @type {Map<Element, number>} */
  rowOf = new Map();

  #parent;
  #format;
  #make;
  #release;
  /** In place of rows that do not exist. @type {HTMLElement[]} */
  #rooms = [];
  #columns = 1;
  /** @type {Map<string, Existing>} */
  #existing = new Map();
  /** Those of the newest rows. @type {HTMLElement[]} */
  #shownLabels = [];
  /** By tag. @type {Map<string | null, Label>} */
  #labels = new Map();
  /** The key of the item where the Tab key stops. */
  #stop = "";

  /**
   * @param {HTMLElement} parent
   * @param {Formatter} format
   * @param {(item: Item) => HTMLElement} make the element of an item that comes into view, up to date
   * @param {(existing: Existing) => void} release the item is out of view, its element may become another's
   */
  constructor(parent, format, make, release) {
    this.#parent = parent;
    this.#format = format;
    this.#make = make;
    this.#release = release;
    parent.addEventListener("focusin", ({ target }) => this.#onFocus(/** @type {Node} */ (target)));
  }

  get items() {
    return [...this.#existing.values()].map(({ item }) => item);
  }

  get stop() {
    return this.#stop;
  }

  /** @param {string} key */
  elementOf(key) {
    return this.#existing.get(key)?.element;
  }

  /**
   * @param {Wanted} wanted
   * @param {boolean} isNew also what exists is to be brought up to date
   * @param {number} limitMs for making items, nearest to the middle first; one is made in any case
   * @returns {boolean} false: time was up, and some are still to be made
   */
  show(wanted, isNew, limitMs) {
    this.#columns = wanted.columns;
    const places = placesOf(wanted);
    const held = this.#focusedKey();
    const kept = held !== null && !places.has(held) && isIn(wanted.rows, held) ? held : "";
    const gone = this.#gone(wanted, places, kept);
    if (isNew) for (const one of gone.splice(0)) this.#forget(one);
    const until = performance.now() + limitMs;
    let [made, missing] = [0, 0];
    for (const [key, place] of places) {
      const known = this.#existing.get(key);
      if (!known && made && performance.now() > until) {
        missing += 1;
        continue;
      }
      if (!known) {
        const one = gone.shift();
        if (one) this.#forget(one);
        made += 1;
      }
      this.#put(key, place, wanted, isNew ? undefined : known);
    }
    for (const one of gone) if (!isNear(one, wanted)) this.#forget(one);
    this.#labelRows(wanted);
    this.#attach(wanted, kept);
    if (isNew) this.settle();
    if (!this.#existing.has(this.#stop)) this.#setStop([...places.keys()].find((key) => this.#existing.has(key)) ?? "");
    return missing === 0;
  }

  /**
   * In place of the rows that do not exist.
   * @param {(row: number) => number} heightOf
   * @param {number} count of rows
   * @param {number} gap
   */
  setRooms(heightOf, count, gap) {
    const runs = missingRuns(new Set(this.rowOf.values()), count, heightOf).filter(({ height }) => height > gap);
    while (this.#rooms.length < runs.length) this.#addRoom();
    for (const [index, room] of this.#rooms.entries()) {
      const run = runs[index];
      room.hidden = !run;
      if (run) setStyle(room, "order", String(orderIn(run.row, 0, this.#columns)));
      if (run) setStyle(room, "height", `${Math.round(run.height - gap)}px`);
    }
  }

  /** Bring the document into the order that is seen, for who reads it from top to bottom. */
  settle() {
    const orderOf = (/** @type {Element} */ child) => Number(/** @type {HTMLElement} */ (child).style.order);
    arrange(this.#parent, [...this.#parent.children].sort((a, b) => orderOf(a) - orderOf(b)));
  }

  #addRoom() {
    const room = element("div", "grid-room");
    this.#rooms.push(room);
    this.#parent.append(room);
  }

  /**
   * Those that are no longer wanted, farthest first.
   * @param {Wanted} wanted
   * @param {Map<string, Place>} places
   * @param {string} kept
   */
  #gone({ first, end }, places, kept) {
    const middle = (first + end) / 2;
    const gone = [...this.#existing].flatMap(([key, existing]) => (places.has(key) || key === kept ? [] : [existing]));
    return gone.sort((a, b) => Math.abs(b.row + 0.5 - middle) - Math.abs(a.row + 0.5 - middle));
  }

  /**
   * @param {string} key
   * @param {Place} place
   * @param {Wanted} wanted
   * @param {Existing} [known]
   */
  #put(key, { item, row, column, number }, { columns, count }, known) {
    const made = known?.element ?? this.#make(item);
    this.#existing.set(key, { item, element: made, row });
    setStyle(made, "order", String(orderIn(row, column, columns)));
    setStyle(made, "gridColumnStart", String(column + 1));
    setAttribute(made, "aria-posinset", String(number));
    setAttribute(made, "aria-setsize", String(count));
    if (!known) setReachable(made, key === this.#stop);
  }

  /** @param {Existing} existing */
  #forget(existing) {
    // the host is no longer shown: the focus does not go on to another one
    if (document.activeElement instanceof HTMLElement && existing.element.contains(document.activeElement)) document.activeElement.blur();
    this.#existing.delete(existing.item.key);
    this.#release(existing);
  }

  /** @param {Wanted} wanted */
  #labelRows({ rows, first, end, columns }) {
    this.#shownLabels = rows.slice(first, end).flatMap(({ group }, index) => {
      if (!group) return [];
      const made = this.#label(group);
      setStyle(made, "order", String(orderIn(first + index, 0, columns)));
      made.dataset.row = String(first + index);
      return [made];
    });
  }

  /** @param {Group} group */
  #label(group) {
    const label = this.#labels.get(group.tag) ?? new Label(this.#format);
    this.#labels.set(group.tag, label);
    label.show(group);
    return label.element;
  }

  /**
   * @param {Wanted} wanted
   * @param {string} kept what has the focus stays, out of sight
   */
  #attach({ columns, rows }, kept) {
    const here = new Set([...[...this.#existing.values()].map((existing) => existing.element), ...this.#shownLabels]);
    const rooms = new Set(this.#rooms);
    for (const child of /** @type {HTMLElement[]} */ ([...this.#parent.children]))
      if (!rooms.has(child) && !here.has(child)) child.remove();
    for (const made of here) if (made.parentElement !== this.#parent) this.#parent.append(made);
    this.rowOf.clear();
    for (const label of this.#shownLabels) this.rowOf.set(label, Number(label.dataset.row));
    const rowsHere = new Set();
    for (const [key, existing] of this.#existing) {
      existing.element.toggleAttribute("data-held", key === kept);
      if (key === kept || rowsHere.has(existing.row)) continue;
      rowsHere.add(existing.row);
      this.rowOf.set(existing.element, existing.row);
    }
    const held = this.#existing.get(kept);
    if (held) setStyle(held.element, "order", String(orderIn(rows.length, 0, columns)));
  }

  #focusedKey() {
    const focused = document.activeElement;
    if (!focused || !this.#parent.contains(focused)) return null;
    return this.#keyOf(focused);
  }

  /** @param {Node} target */
  #keyOf(target) {
    return [...this.#existing].find(([, existing]) => existing.element.contains(target))?.[0] ?? null;
  }

  /** @param {Node} target */
  #onFocus(target) {
    const key = this.#keyOf(target);
    if (key !== null) this.#setStop(key);
  }

  /** @param {string} key */
  #setStop(key) {
    const [before, after] = [this.elementOf(this.#stop), this.elementOf(key)];
    this.#stop = key;
    if (before) setReachable(before, false);
    if (after) setReachable(after, true);
  }
}

/** The head of a group, in a row of its own. */
class Label {
  element = element("div", "grid-label");
  #label;

  /** @param {Formatter} format */
  constructor(format) {
    this.#label = new GroupLabel(format);
    this.element.append(element("h2", "group-head", this.#label.element));
    this.element.setAttribute("role", "listitem");
  }

  /** @param {Group} group */
  show(group) {
    this.#label.show(group);
  }
}

/**
 * Where each item of these rows is to be, by its key, nearest to the middle first.
 * @param {Wanted} wanted
 * @returns {Map<string, Place>}
 */
export function placesOf({ rows, first, end }) {
  const middle = (first + end - 1) / 2;
  const places = rows.slice(first, end).flatMap(({ items, start }, index) =>
    items.map((item, column) => ({ item, row: first + index, column, number: start + column + 1 })),
  );
  places.sort((a, b) => Math.abs(a.row - middle) - Math.abs(b.row - middle));
  return new Map(places.map((place) => [place.item.key, place]));
}

/**
 * A row just out of sight costs nothing until its items are needed elsewhere, and scrolling back finds it.
 * @param {Existing} existing
 * @param {Wanted} wanted
 */
function isNear({ row }, { first, end }) {
  return row === first - 1 || row === end;
}

/**
 * @param {Row[]} rows
 * @param {string} key
 */
function isIn(rows, key) {
  return rows.some(({ items }) => items.some((item) => item.key === key));
}

/**
 * @param {number} row
 * @param {number} column
 * @param {number} columns
 */
function orderIn(row, column, columns) {
  return row * columns + column;
}

/**
 * @param {HTMLElement} target
 * @param {"order" | "gridColumnStart" | "height"} name
 * @param {string} value
 */
function setStyle(target, name, value) {
  if (target.style[name] !== value) target.style[name] = value;
}
