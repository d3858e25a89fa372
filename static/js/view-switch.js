import { button, element } from "./dom.js";
import { VIEWS } from "./views.js";

/** @import { ViewName } from "./choice.js" */

/** Which way the fleet is seen. */
export class ViewSwitch {
  element = element("div", "view-switch button-group");
  /** @type {Map<ViewName, HTMLButtonElement>} */
  #buttons = new Map();

  /** @param {(view: ViewName) => void} onView */
  constructor(onView) {
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "view");
    this.element.hidden = VIEWS.length < 2;
    for (const { name, label } of VIEWS) this.#buttons.set(name, button("group-button", label, () => onView(name)));
    this.element.append(...this.#buttons.values());
  }

  /** @param {ViewName} view */
  show(view) {
    for (const [name, button] of this.#buttons) button.setAttribute("aria-pressed", String(name === view));
  }
}
