import { element, setText } from "./dom.js";

const GAP_PX = 6;

/** Who the cell under the pointer or with the focus is. A cell says the same of itself to a screen reader. */
export class HeatTooltip {
  element = element("div", "heat-tooltip");
  #name = element("bdi", "heat-tooltip-name");
  #value = element("span", "heat-tooltip-value");
  #status = element("span", "heat-tooltip-status");

  constructor() {
    this.element.setAttribute("aria-hidden", "true");
    this.element.hidden = true;
    this.element.append(this.#name, this.#value, this.#status);
  }

  /**
   * @param {Element} cell
   * @param {{name: string, value: string, status: string}} words
   */
  show(cell, { name, value, status }) {
    setText(this.#name, name);
    setText(this.#value, value);
    setText(this.#status, status);
    this.element.hidden = false;
    this.#place(cell.getBoundingClientRect());
  }

  /** @returns {boolean} whether it was there */
  hide() {
    const wasSeen = !this.element.hidden && this.element.isConnected;
    this.element.hidden = true;
    return wasSeen;
  }

  /** @param {DOMRect} cell */
  #place(cell) {
    const { width, height } = this.element.getBoundingClientRect();
    const room = document.documentElement.clientWidth - width - GAP_PX;
    const left = Math.max(GAP_PX, Math.min(room, cell.left + cell.width / 2 - width / 2));
    const above = cell.top - height - GAP_PX;
    const top = above > GAP_PX ? above : cell.bottom + GAP_PX;
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}
