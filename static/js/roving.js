import { setAttribute } from "./dom.js";

/** One stop of the Tab key for a whole list; the arrows walk within it. */
export class Roving {
  #list;
  /** @type {Element | null} */
  #current = null;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
    list.addEventListener("keydown", (event) => this.#onKey(event));
    list.addEventListener("focusin", (event) => this.#onFocus(/** @type {Element} */ (event.target)));
  }

  /** The list's children changed. */
  refresh() {
    for (const item of this.#list.children) if (!item.hasAttribute("tabindex")) setReachable(item, false);
    if (this.#current?.parentElement !== this.#list) this.#stop(this.#list.firstElementChild);
  }

  /** @param {Element} target */
  #onFocus(target) {
    const item = [...this.#list.children].find((child) => child.contains(target));
    if (item) this.#stop(item);
  }

  /** @param {Element | null} item */
  #stop(item) {
    if (this.#current) setReachable(this.#current, false);
    this.#current = item;
    if (item) setReachable(item, true);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.target !== this.#current || event.ctrlKey || event.metaKey || event.altKey) return;
    const items = [...this.#list.children];
    const here = items.indexOf(/** @type {Element} */ (this.#current));
    const there = this.#destination(event.key, here, items);
    if (there === null) return;
    event.preventDefault();
    /** @type {HTMLElement | undefined} */ (items[Math.max(0, Math.min(items.length - 1, there))])?.focus();
  }

  /**
   * @param {string} key
   * @param {number} here
   * @param {Element[]} items
   */
  #destination(key, here, items) {
    switch (key) {
      case "ArrowRight":
        return here + 1;
      case "ArrowLeft":
        return here - 1;
      case "ArrowDown":
        return here + columns(items);
      case "ArrowUp":
        return here - columns(items);
      case "Home":
        return 0;
      case "End":
        return items.length - 1;
      default:
        return null;
    }
  }
}

/**
 * Whether Tab reaches an item and what can be pressed in it.
 * @param {Element} item
 * @param {boolean} reachable
 */
export function setReachable(item, reachable) {
  for (const target of [item, ...item.querySelectorAll("a, button, input")]) setAttribute(target, "tabindex", reachable ? "0" : "-1");
}

/** @param {Element[]} items in a grid */
function columns(items) {
  const top = items[0]?.getBoundingClientRect().top;
  const second = items.findIndex((item) => item.getBoundingClientRect().top !== top);
  return second === -1 ? items.length : second;
}
