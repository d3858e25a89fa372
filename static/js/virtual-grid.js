import { element } from "./dom.js";
import { GridItems } from "./grid-items.js";
import { gridRows } from "./grid-rows.js";
import { gridWalk } from "./grid-walk.js";
import { look } from "./look.js";
import { RowHeights, visibleRows } from "./visible-rows.js";

/** @import { Formatter } from "./format.js" */
/** @import { Item, Row } from "./grid-rows.js" */
/** @import { Group } from "./selection.js" */

const GUESS_PX = 260;
const GAP_REM = 0.75;
/** So many windows' heights of items exist above and below what is seen. */
const SPARE_WINDOWS = 0.4;
/**
 * For making items while one scrolls. The browser scrolls smoothly however long the page takes, but what is not made yet is a blank place: with
 * half as much, a machine that is a third slower than ours left a sixth of a flicked window empty.
 */
const MAKING_MS = 12;

/** A list in columns, of which only the items near the window exist. One stop of the Tab key; the arrows walk within. */
export class VirtualGrid {
  element = element("div", "virtual-grid");

  #leastRem;
  #redraw;
  #items;
  /** @type {Group[]} */
  #groups = [];
  /** @type {Row[]} */
  #rows = [];
  #columns = 0;
  #heights = new RowHeights(GUESS_PX, (row) => (this.#rows[row]?.group ? "head" : "items"));
  #observer = new ResizeObserver((entries) => this.#onSizes(entries));
  #moved = true;
  /** Some items in sight are still to be made. */
  #isPartial = false;
  /** Also what exists is to be brought up to date. */
  #remake = true;
  #seen = { first: -1, end: -1 };

  /**
   * @param {number} leastRem width of an item
   * @param {Formatter} format
   * @param {(item: Item) => HTMLElement} make the element of an item that comes into view, up to date
   * @param {(item: Item) => void} release the item is out of view, its element may become another's
   * @param {() => void} redraw ask for a frame
   */
  constructor(leastRem, format, make, release, redraw) {
    this.#leastRem = leastRem;
    this.#redraw = redraw;
    this.#items = new GridItems(this.element, format, make, (gone) => {
      this.#observer.unobserve(gone.element);
      release(gone.item);
    });
    this.element.setAttribute("role", "list");
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    addEventListener("scroll", () => this.#move(), { passive: true });
    addEventListener("resize", () => this.#move());
    this.#observer.observe(this.element);
  }

  /** Those that exist. */
  get items() {
    return this.#items.items;
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
   * @param {number} [limitMs] for that; what is left over comes with the next frame
   * @returns {boolean} whether something has
   */
  update(limitMs = MAKING_MS) {
    if (!(this.#moved || this.#isPartial) || !this.element.offsetParent) return false;
    this.#moved = false;
    const { top } = this.element.getBoundingClientRect();
    const spare = innerHeight * SPARE_WINDOWS;
    const { first, end } = visibleRows(this.#rows.length, this.#heights, -top - spare, innerHeight - top + spare);
    const isSame = first === this.#seen.first && end === this.#seen.end && !this.#isPartial && !this.#remake;
    if (!isSame) this.#exist(first, end, limitMs);
    this.#items.setRooms((row) => this.#heights.of(row), this.#rows.length, GAP_REM * look().remPx);
    return !isSame;
  }

  /** Nobody scrolls: bring the document into order. */
  settle() {
    if (!this.#isPartial) this.#items.settle();
  }

  /** @param {string} id of what the first of its items shows */
  focus(id) {
    const item = this.#rows.flatMap(({ items }) => items).find((one) => one.id === id);
    if (item) this.#focus(item.key);
  }

  #move() {
    this.#moved = true;
    this.#redraw();
  }

  #cut() {
    const { remPx } = look();
    const columns = Math.max(1, Math.floor((this.element.clientWidth / remPx + GAP_REM) / (this.#leastRem + GAP_REM)));
    if (columns !== this.#columns) this.#heights.forget();
    if (columns !== this.#columns) this.#remake = true;
    this.#columns = columns;
    this.element.style.setProperty("--columns", String(columns));
    this.#rows = gridRows(this.#groups, columns);
    this.#moved = true;
  }

  /**
   * @param {number} first
   * @param {number} end
   * @param {number} limitMs
   */
  #exist(first, end, limitMs) {
    this.#seen = { first, end };
    const wanted = { rows: this.#rows, first, end, columns: this.#columns, count: this.#count };
    this.#isPartial = !this.#items.show(wanted, this.#remake, this.#remake ? Infinity : limitMs);
    this.#remake = false;
    for (const item of this.#items.rowOf.keys()) this.#observer.observe(item);
    if (this.#isPartial) this.#redraw();
  }

  get #count() {
    return this.#groups.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  /** @param {ResizeObserverEntry[]} entries */
  #onSizes(entries) {
    const gap = GAP_REM * look().remPx;
    for (const { target, borderBoxSize } of entries) {
      const row = this.#items.rowOf.get(target);
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

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const { stop } = this.#items;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.#items.elementOf(stop)) return;
    const keys = this.#rows.flatMap(({ items }) => items.map(({ key }) => key));
    const there = gridWalk(event.key, keys.indexOf(stop), this.#groups.map(({ entries }) => entries.length), this.#columns);
    if (there === null) return;
    event.preventDefault();
    this.#focus(keys[there] ?? "");
  }

  /** @param {string} key of an item, perhaps of one that does not exist yet */
  #focus(key) {
    if (!this.#items.elementOf(key)) {
      const row = this.#rows.findIndex(({ items }) => items.some((item) => item.key === key));
      let offset = 0;
      for (let above = 0; above < row; above += 1) offset += this.#heights.of(above);
      scrollTo({ top: this.element.getBoundingClientRect().top + scrollY + offset - innerHeight / 2, behavior: "instant" });
      this.#moved = true;
      this.update(Infinity);
    }
    this.#items.elementOf(key)?.focus();
  }
}
