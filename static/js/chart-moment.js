import { element, setText } from "./dom.js";

/** @import uPlot from "uplot" */

/** Half of the longest time, so that it ends where the chart does. */
const HALF_REM = 2.5;

/** The time under the cursor of a chart, at its lower edge. A screen reader gets it from the chart itself. */
export class ChartMoment {
  element = element("span", "chart-moment");

  constructor() {
    this.element.hidden = true;
    this.element.setAttribute("aria-hidden", "true");
  }

  /**
   * @param {uPlot} uplot
   * @param {string} text empty: there is no cursor
   */
  show({ cursor }, text) {
    this.element.hidden = !text;
    if (!text) return;
    setText(this.element, text);
    this.element.style.left = `clamp(${HALF_REM}rem, ${Math.round(cursor.left ?? 0)}px, 100% - ${HALF_REM}rem)`;
  }
}
