import { element, setAttribute, setText } from "./dom.js";
import { SteadyName } from "./steady-name.js";

/** @import { HeatContent } from "./heat-content.js" */

/** One host of the heat map. Only what changed is touched: there are thousands. */
export class HeatCell {
  element = element("a", "heat-cell");
  #name = element("bdi", "heat-name");
  #value = element("span", "heat-value");
  #words = new SteadyName(this.element);
  /** @type {HeatContent | null} */
  #shown = null;

  /** @param {string} id */
  constructor(id) {
    this.element.dataset.host = id;
    this.element.tabIndex = -1;
    this.element.append(this.#name, " ", this.#value);
  }

  /** @param {string} address of the host's page */
  link(address) {
    setAttribute(this.element, "href", address);
  }

  /** @param {HeatContent} content */
  show(content) {
    const before = this.#shown;
    this.#shown = content;
    if (content.name !== before?.name) setText(this.#name, content.name);
    if (content.value !== before?.value) setText(this.#value, content.value);
    if (content.step !== before?.step) setAttribute(this.element, "data-step", content.step ? String(content.step) : null);
    if (content.mark !== before?.mark) setAttribute(this.element, "data-mark", content.mark || null);
    if (content.words !== before?.words) this.#words.show(content.words);
  }
}
