import { arrange, element, setAttribute } from "./dom.js";
import { gridRows } from "./grid-rows.js";
import { gridWalk } from "./grid-walk.js";
import { look } from "./look.js";
import { setReachable } from "./roving.js";
import { RowHeights, visibleRows } from "./visible-rows.js";

/** @import { Item, Row } from "./grid-rows.js" */
/** @import { Group } from "./selection.js" */

const GUESS_PX = 260;
const GAP_REM = 0.75;
/** So many windows' heights of items exist above and below what is seen. */
const SPARE_WINDOWS = 0.5;

/** A list in columns, of which only the items near the window exist. One stop of the Tab key; the arrows walk within. */
export class VirtualGrid {
  element = element("div", "virtual-grid");

  #leastRem;
  #make;
  #release;
  #redraw;
  #above = element("div", "grid-room");
  #below = element("div", "grid-room");
  /** @type {Group[]} */
  #groups = [];
  /** @type {Row[]} */
  #rows = [];
  #columns = 0;
  #heights = new RowHeights(GUESS_PX);
  /** Rows that exist, by the element whose height is theirs. @type {Map<Element, number>} */
  #rowOf = new Map();
  /** @type {Map<string, HTMLElement>} */
  #existing = new Map();
  /** @type {Map<string, HTMLElement>} */
  #labels = new Map();
  #observer = new ResizeObserver((entries) => this.#onSizes(entries));
  #moved = true;
  /** Also what exists is to be brought up to date. */
  #remake = true;
  /** Where the Tab key stops. */
  #stop = "";

  /**
   * @param {number} leastRem width of an item
   * @param {(item: Item) => HTMLElement} make the element of an item that comes into view, up to date
   * @param {(item: Item) => void} release the item is out of view, its element may become another's
   * @param {() => void} redraw ask for a frame
   */
  constructor(leastRem, make, release, redraw) {
    this.#leastRem = leastRem;
    this.#make = make;
    this.#release = release;
    this.#redraw = redraw;
    this.element.setAttribute("role", "list");
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", ({ target }) => this.#onFocus(target));
    addEventListener("scroll", () => this.#move(), { passive: true });
    addEventListener("resize", () => this.#move());
    this.#observer.observe(this.element);
  }

  /**
   * Those that exist.
   * @returns {Item[]}
   */
  get items() {
    return [...this.#existing.keys()].map(itemOf);
  }

  /** @param {Group[]} groups in the order in which they are seen */
  arrange(groups) {
    this.#groups = groups;
    this.#remake = true;
    this.#cut();
    this.update();
  }

  /**
   * Make what has come into view. Cheap when nothing moved.
   * @returns {boolean} whether something may have
   */
  update() {
    if (!this.#moved || !this.element.offsetParent) return false;
    this.#moved = false;
    const { top } = this.element.getBoundingClientRect();
    const spare = innerHeight * SPARE_WINDOWS;
    const seen = visibleRows(this.#rows.length, this.#heights, -top - spare, innerHeight - top + spare);
    this.#exist(seen.first, seen.end);
    this.#setRooms(seen.above, seen.below);
    return true;
  }

  #move() {
    this.#moved = true;
    this.#redraw();
  }

  #cut() {
    const { remPx } = look();
    const columns = Math.max(1, Math.floor((this.element.clientWidth / remPx + GAP_REM) / (this.#leastRem + GAP_REM)));
    if (columns !== this.#columns) this.#heights.forget();
    this.#columns = columns;
    this.element.style.setProperty("--columns", String(columns));
    this.#rows = gridRows(this.#groups, columns);
    this.#moved = true;
  }

  /**
   * @param {number} first
   * @param {number} end
   */
  #exist(first, end) {
    const before = this.#existing;
    const rows = this.#rows.slice(first, end);
    const focused = [...before].find(([key, item]) => item.contains(document.activeElement) && this.#has(key));
    const wanted = new Set(rows.flatMap(({ items }) => items.map(({ key }) => key)));
    for (const [key, item] of before) if (!wanted.has(key) && key !== focused?.[0]) this.#forget(key, item);
    this.#existing = new Map();
    this.#rowOf.clear();
    const elements = rows.flatMap((row, index) => this.#elementsOf(row, first + index, before));
    const held = focused && !this.#existing.has(focused[0]) ? focused : null;
    if (held) this.#existing.set(...held); // what has the focus stays, out of sight
    this.#remake = false;
    arrange(this.element, [this.#above, ...elements, this.#below, ...(held ? [held[1]] : [])]);
    for (const [key, item] of this.#existing) item.toggleAttribute("data-held", key === held?.[0]);
    for (const item of this.#rowOf.keys()) this.#observer.observe(item);
    if (!this.#existing.has(this.#stop)) this.#setStop(this.#existing.keys().next().value ?? "");
  }

  /**
   * @param {string} key
   * @param {HTMLElement} item
   */
  #forget(key, item) {
    this.#observer.unobserve(item);
    // the host is no longer shown: the focus does not go on to another one
    if (document.activeElement instanceof HTMLElement && item.contains(document.activeElement)) document.activeElement.blur();
    this.#release(itemOf(key));
  }

  /** @param {string} key */
  #has(key) {
    return this.#rows.some(({ items }) => items.some((item) => item.key === key));
  }

  /**
   * @param {Row} row
   * @param {number} index
   * @param {Map<string, HTMLElement>} before those that existed
   * @returns {HTMLElement[]}
   */
  #elementsOf(row, index, before) {
    const elements = row.label ? [this.#label(row.label)] : row.items.map((item, place) => this.#elementOf(item, row.start + place, before.get(item.key)));
    if (elements[0]) this.#rowOf.set(elements[0], index);
    return elements;
  }

  /**
   * @param {Item} item
   * @param {number} index
   * @param {HTMLElement | undefined} known
   */
  #elementOf(item, index, known) {
    const made = this.#remake || !known ? this.#newElement(item, index) : known;
    this.#existing.set(item.key, made);
    return made;
  }

  /**
   * @param {Item} item
   * @param {number} index
   */
  #newElement(item, index) {
    const made = this.#make(item);
    setAttribute(made, "aria-posinset", String(index + 1));
    setAttribute(made, "aria-setsize", String(this.#count));
    setReachable(made, item.key === this.#stop);
    return made;
  }

  /** @param {string} text */
  #label(text) {
    const known = this.#labels.get(text);
    if (known) return known;
    const made = element("div", "grid-label", element("h2", "group-head", element("bdi", "", text)));
    made.setAttribute("role", "listitem");
    this.#labels.set(text, made);
    return made;
  }

  get #count() {
    return this.#groups.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  /**
   * @param {number} above
   * @param {number} below
   */
  #setRooms(above, below) {
    const gap = GAP_REM * look().remPx;
    for (const [room, height] of /** @type {const} */ ([[this.#above, above], [this.#below, below]])) {
      room.hidden = height <= gap;
      room.style.height = `${Math.round(height - gap)}px`;
    }
  }

  /** @param {ResizeObserverEntry[]} entries */
  #onSizes(entries) {
    const gap = GAP_REM * look().remPx;
    for (const { target, borderBoxSize } of entries) {
      const row = this.#rowOf.get(target);
      const height = Math.round(borderBoxSize[0]?.blockSize ?? 0);
      if (row !== undefined && height && this.#heights.measure(row, height + gap)) this.#move();
      if (target === this.element && height) this.#onWidth();
    }
  }

  #onWidth() {
    const before = this.#columns;
    this.#cut();
    if (this.#columns !== before) this.#redraw();
  }

  /** @param {EventTarget | null} target */
  #onFocus(target) {
    const found = [...this.#existing].find(([, item]) => item.contains(/** @type {Node} */ (target)));
    if (found) this.#setStop(found[0]);
  }

  /** @param {string} key */
  #setStop(key) {
    const [before, after] = [this.#existing.get(this.#stop), this.#existing.get(key)];
    this.#stop = key;
    if (before) setReachable(before, false);
    if (after) setReachable(after, true);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.#existing.get(this.#stop)) return;
    const keys = this.#rows.flatMap(({ items }) => items.map(({ key }) => key));
    const there = gridWalk(event.key, keys.indexOf(this.#stop), this.#groups.map(({ entries }) => entries.length), this.#columns);
    if (there === null) return;
    event.preventDefault();
    this.#focus(keys[there] ?? "");
  }

  /** @param {string} key of an item, perhaps of one that does not exist yet */
  #focus(key) {
    if (!this.#existing.has(key)) {
      const row = this.#rows.findIndex(({ items }) => items.some((item) => item.key === key));
      let offset = 0;
      for (let above = 0; above < row; above += 1) offset += this.#heights.of(above);
      scrollTo({ top: this.element.getBoundingClientRect().top + scrollY + offset - innerHeight / 2, behavior: "instant" });
      this.#moved = true;
      this.update();
    }
    this.#existing.get(key)?.focus();
  }
}

/**
 * @param {string} key
 * @returns {Item}
 */
function itemOf(key) {
  return { key, id: key.slice(key.lastIndexOf("\n") + 1) };
}
