import { setAttribute } from "./dom.js";

/**
 * The name of an element, or its value, that says what changes all the time. A screen reader reads each change of what has the
 * focus, so there it stands still until somebody asks.
 */
export class SteadyName {
  #target;
  #attribute;
  #name = "";
  /** Whether a change waits for the focus to go. */
  #waits = false;

  /**
   * @param {Element} target
   * @param {"aria-label" | "aria-valuenow" | "aria-valuetext"} [attribute]
   */
  constructor(target, attribute = "aria-label") {
    this.#target = target;
    this.#attribute = attribute;
  }

  /** @param {string} name */
  show(name) {
    this.#name = name;
    if (document.activeElement !== this.#target) this.say();
    else if (!this.#waits) this.#wait();
  }

  /** Whatever has the focus. */
  say() {
    setAttribute(this.#target, this.#attribute, this.#name);
  }

  #wait() {
    this.#waits = true;
    const onBlur = () => {
      this.#waits = false;
      this.say();
    };
    this.#target.addEventListener("blur", onBlur, { once: true });
  }
}
