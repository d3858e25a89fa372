/** @import uPlot from "uplot" */

/** A finger is never still: a shorter way is a touch. */
const LEAST_DRAG_PX = 10;

/**
 * One finger drawn sideways over a chart does what a drag with the mouse does. Up and down scrolls the page, and two fingers enlarge it:
 * css/chart.css leaves both to the browser, which then takes the pointer away.
 */
export class ChartTouch {
  #uplot;
  /** @type {number | null} */
  #pointer = null;
  #startPx = 0;

  /** @param {uPlot} uplot its hook `setSelect` is told what was chosen */
  constructor(uplot) {
    this.#uplot = uplot;
    const { over } = uplot;
    over.addEventListener("pointerdown", (event) => this.#begin(event));
    over.addEventListener("pointermove", (event) => this.#move(event));
    over.addEventListener("pointerup", (event) => this.#end(event, true));
    over.addEventListener("pointercancel", (event) => this.#end(event, false));
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    this.#pointer = event.pointerId;
    this.#startPx = this.#at(event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    const { left, width } = dragged(this.#startPx, this.#at(event), this.#uplot.over.clientWidth);
    this.#uplot.setSelect({ left, width, top: 0, height: this.#uplot.over.clientHeight }, false);
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} isMeant
   */
  #end(event, isMeant) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    const { left, width } = dragged(this.#startPx, this.#at(event), this.#uplot.over.clientWidth);
    const isDrag = isMeant && width >= LEAST_DRAG_PX;
    this.#uplot.setSelect({ left, top: 0, width: isDrag ? width : 0, height: isDrag ? this.#uplot.over.clientHeight : 0 }, isDrag);
  }

  /** @param {PointerEvent} event */
  #at({ clientX }) {
    return clientX - this.#uplot.over.getBoundingClientRect().left;
  }
}

/**
 * What lies between, within the chart.
 * @param {number} from
 * @param {number} to
 * @param {number} width of the chart, all in pixels
 */
export function dragged(from, to, width) {
  const [left, right] = [from, to].map((x) => Math.min(width, Math.max(0, x))).sort((a, b) => a - b);
  return { left: left ?? 0, width: (right ?? 0) - (left ?? 0) };
}
