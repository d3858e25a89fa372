import { element, setText } from "./dom.js";

/** @import { Formatter } from "./format.js" */

/** How many of all hosts are to be seen, and why they do not move. */
export class SummaryView {
  element = element("p", "fleet-summary");
  #format;
  #count = element("span");
  #held = element("span", "fleet-held", "order held");

  /** @param {Formatter} format */
  constructor(format) {
    this.#format = format;
    this.#held.title = "Hosts are put in order again once the focus is on none of them, and the pointer neither, or has rested for 10 seconds.";
    this.#held.hidden = true;
    this.element.append(this.#count, this.#held);
  }

  /**
   * @param {number} shown
   * @param {number} all that there are in the status which is looked at
   */
  show(shown, all) {
    setText(this.#count, shown >= all ? "" : `${this.#format.number(shown)} of ${this.#format.counted(all, "host")}`);
  }

  /** @param {boolean} isHeld values have changed that would move hosts */
  hold(isHeld) {
    this.#held.hidden = !isHeld;
  }
}
