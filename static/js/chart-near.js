import { element, setText } from "./dom.js";

/** @import uPlot from "uplot" */

const DISTANCE_PX = 12;

/** Of a chart with many lines: what the line at the pointer is. A screen reader gets all lines from the chart itself. */
export class ChartNear {
  element = element("div", "chart-near");
  #name = element("bdi", "chart-near-name");
  #value = element("span", "chart-near-value");

  constructor() {
    this.element.hidden = true;
    this.element.setAttribute("aria-hidden", "true");
    this.element.append(this.#name, this.#value);
  }

  /**
   * @param {uPlot} uplot
   * @param {string} name untrusted text
   * @param {string} value
   */
  show({ cursor, over }, name, value) {
    const { left = 0, top = 0 } = cursor;
    const isRight = left > over.clientWidth / 2;
    setText(this.#name, name);
    setText(this.#value, value);
    this.element.hidden = false;
    const aside = isRight ? `calc(-100% - ${DISTANCE_PX}px)` : `${DISTANCE_PX}px`;
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px) translate(${aside}, -50%)`;
  }

  hide() {
    this.element.hidden = true;
  }
}
