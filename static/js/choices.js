import { choiceFromHash, hashFromChoice } from "./choice.js";
import { Signal } from "./signal.js";

/** Between two changes of the address: WebKit refuses more than a hundred of them in half a minute. */
const SETTLE_MS = 350;

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
    this.changed.emit();
    this.#address.set(hashFromChoice(this.#current), next.host !== before.host);
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

/**
 * The browser's. It is written at once, and then follows a choice that goes on changing, as a search that is being typed.
 * @param {Window} page
 * @returns {Address}
 */
export function browserAddress(page = window) {
  /** What is to stand in the address, in place of what. @type {{hash: string, inPlaceOf: string} | null} */
  let waiting = null;
  let timer = 0;
  const write = (/** @type {"pushState" | "replaceState"} */ how, /** @type {string} */ hash) => {
    try {
      page.history[how](null, "", hash || page.location.pathname + page.location.search);
    } catch (error) {
      console.warn("the address does not say what is shown:", error);
    }
  };
  const settle = () => {
    if (waiting && page.location.hash === waiting.inPlaceOf) write("replaceState", waiting.hash); // otherwise a link came first
    waiting = null;
  };
  const follow = () => {
    timer = waiting ? page.setTimeout(follow, SETTLE_MS) : 0;
    settle();
  };
  page.addEventListener("pagehide", settle);
  page.addEventListener("click", settle, { capture: true }); // a link to where the address still was would lead nowhere
  return {
    hash: () => page.location.hash,
    set(hash, isNewEntry) {
      if (isNewEntry) {
        settle();
        return write("pushState", hash);
      }
      waiting = { hash, inPlaceOf: page.location.hash };
      if (!timer) follow();
    },
    onChange(listener) {
      for (const type of ["hashchange", "popstate"])
        page.addEventListener(type, () => {
          waiting = null;
          listener();
        });
    },
  };
}
