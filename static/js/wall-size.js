/** @import { ViewName } from "./choice.js" */

/** Sizes that are tried, in percent of the usual one, until not all hosts are in sight any more. */
const SIZES_PERCENT = [80, 90, 100, 115, 130, 145, 160, 180, 200, 230, 260];
const MOST_PERCENT = { cards: 260, heat: 260, table: 130, overlay: 160 };
/** Beyond this a heat map only grows while names stay in its cells. */
const NAMELESS_PERCENT = 160;
/** Frames until a view has followed a new size. */
const FRAMES = 3;

/** The text size at which all hosts are in sight and as large as can be: found step by step, and kept as long as it is right. */
export class WallSize {
  #root = document.documentElement;
  #redraw;
  #onMisfit;
  /** Window and view that the size was found for; empty: it is not looked for. */
  #situation = "";
  #hosts = 0;
  /** @type {ViewName} */
  #view = "cards";
  #size = 0;
  /** What was tried in vain in this situation. @type {{size: number, hosts: number} | null} */
  #tooLarge = null;
  /** To wait before the size is judged; 0: it is right. */
  #frames = 0;

  /**
   * @param {() => void} redraw ask for a frame
   * @param {(hosts: number) => void} onMisfit so many are not all in sight, however small
   */
  constructor(redraw, onMisfit) {
    this.#redraw = redraw;
    this.#onMisfit = onMisfit;
    new ResizeObserver(() => this.#onResize()).observe(document.body);
  }

  /**
   * @param {ViewName} view
   * @param {number} hosts
   */
  draw(view, hosts) {
    const situation = [innerWidth, innerHeight, view].join();
    if (situation !== this.#situation) this.#begin(situation, view);
    else if (hosts !== this.#hosts) this.#frames = FRAMES;
    else if (this.#frames > 0 && --this.#frames === 0) this.#judge();
    this.#hosts = hosts;
    if (this.#frames) this.#redraw();
  }

  end() {
    if (!this.#situation) return;
    this.#situation = "";
    this.#frames = 0;
    this.#root.style.fontSize = "";
  }

  /**
   * @param {string} situation
   * @param {ViewName} view
   */
  #begin(situation, view) {
    this.#situation = situation;
    this.#view = view;
    this.#tooLarge = null;
    this.#resize(0);
  }

  /** One size larger while all is in sight; the one before when it is not. */
  #judge() {
    if (this.#isInSight) {
      if (this.#canGrow) this.#resize(this.#size + 1);
    } else if (this.#size > 0) {
      this.#tooLarge = { size: this.#size, hosts: this.#hosts };
      this.#resize(this.#size - 1);
    } else this.#onMisfit(this.#hosts);
  }

  get #isInSight() {
    if (this.#root.scrollHeight > innerHeight) return false;
    if (this.#view === "table") return this.#isTableInSight;
    return this.#view !== "heat" || (SIZES_PERCENT[this.#size] ?? 0) <= NAMELESS_PERCENT || hasNames();
  }

  /** It has a scroll bar of its own. Columns that are out of sight are put up with in a narrow window, but not for larger text. */
  get #isTableInSight() {
    const frame = document.querySelector(".table-frame");
    if (!frame) return true;
    return frame.scrollHeight <= frame.clientHeight && (this.#size === 0 || frame.scrollWidth <= frame.clientWidth);
  }

  get #canGrow() {
    const next = this.#size + 1;
    const { size, hosts } = this.#tooLarge ?? { size: Infinity, hosts: 0 };
    return (SIZES_PERCENT[next] ?? Infinity) <= MOST_PERCENT[this.#view] && (next < size || this.#hosts < hosts);
  }

  /** @param {number} size */
  #resize(size) {
    this.#size = size;
    this.#frames = FRAMES;
    this.#root.style.fontSize = `${SIZES_PERCENT[size]}%`;
  }

  /** Hosts may need more room by and by: one came back, or has another disk. */
  #onResize() {
    if (!this.#situation || this.#frames || this.#isInSight) return;
    this.#frames = 1;
    this.#redraw();
  }
}

function hasNames() {
  return document.querySelector(".heat-groups[data-detail=name]") !== null;
}
