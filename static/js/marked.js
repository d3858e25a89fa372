import { Signal } from "./signal.js";

/** The hosts that an operator has picked, to change them together. */
export class Marked {
  /** @type {Signal<void>} */
  changed = new Signal();

  /** @type {Set<string>} */
  #ids = new Set();

  /** @returns {ReadonlySet<string>} */
  get ids() {
    return this.#ids;
  }

  /** @param {string} id */
  toggle(id) {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.changed.emit();
  }

  /** @param {Iterable<string>} ids these as well */
  mark(ids) {
    for (const id of ids) this.#ids.add(id);
    this.changed.emit();
  }

  /** @param {Iterable<string>} ids no longer these */
  unmark(ids) {
    for (const id of ids) this.#ids.delete(id);
    this.changed.emit();
  }

  clear() {
    this.#ids.clear();
    this.changed.emit();
  }
}
