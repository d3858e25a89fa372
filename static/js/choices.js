import { choiceFromHash, hashFromChoice } from "./choice.js";
import { Signal } from "./signal.js";

/** @import { Choice } from "./choice.js" */

/**
 * The address of the page. Tests hand in their own.
 * @typedef {object} Address
 * @property {() => string} hash
 * @property {(hash: string, isNewEntry: boolean) => void} set
 * @property {(listener: () => void) => void} onChange somebody else changed it: a link, the Back button
 */

/** What the page shows now, kept in its address. */
export class Choices {
  /** @type {Signal<void>} */
  changed = new Signal();

  #address;
  /** @type {Choice} */
  #current;

  /** @param {Address} address */
  constructor(address) {
    this.#address = address;
    this.#current = choiceFromHash(address.hash());
    address.onChange(() => this.#onAddress());
  }

  get current() {
    return this.#current;
  }

  /**
   * Opening and closing a host can be taken back with the Back button; the rest only changes the address.
   * @param {Partial<Choice>} wanted
   */
  choose(wanted) {
    const before = this.#current;
    const next = { ...before, ...wanted };
    if (hashFromChoice(next) === hashFromChoice(before)) return;
    this.#current = next;
    this.#address.set(hashFromChoice(next), next.host !== before.host);
    this.changed.emit();
  }

  /**
   * The address that shows what is chosen now, but for this.
   * @param {Partial<Choice>} wanted
   */
  link(wanted) {
    return hashFromChoice({ ...this.#current, ...wanted }) || "#";
  }

  #onAddress() {
    this.#current = choiceFromHash(this.#address.hash());
    this.changed.emit();
  }
}

/** @returns {Address} the browser's */
export function browserAddress() {
  return {
    hash: () => location.hash,
    set(hash, isNewEntry) {
      const url = hash || location.pathname + location.search;
      if (isNewEntry) history.pushState(null, "", url);
      else history.replaceState(null, "", url);
    },
    onChange(listener) {
      addEventListener("hashchange", listener);
      addEventListener("popstate", listener);
    },
  };
}
