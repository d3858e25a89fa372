import { Signal } from "./signal.js";

/** The hosts that an operator has picked, to change them together. */
export class Marked {
  /** @type {Signal<void>} */
  changed = new Signal();

  /** @type {Set<string>} */
  #ids = new Set();
  /** @type {readonly string[]} */
  #shown = [];
  #last = "";

  /** @returns {ReadonlySet<string>} */
  get ids() {
    return this.#ids;
  }

  /** The hosts that are shown, in their order. */
  get shown() {
    return this.#shown;
  }

  /** Marked hosts that a search or filter hides. */
  get hidden() {
    const shown = new Set(this.#shown);
    return [...this.#ids].filter((id) => !shown.has(id));
  }

  /** @param {readonly string[]} ids */
  set shown(ids) {
    this.#shown = ids;
  }

  /**
   * What a click on a host's box does. With the Shift key it marks all from the one that was picked before to this one.
   * @param {string} id
   * @param {boolean} isRange
   */
  pick(id, isRange) {
    const [from, to] = [this.#shown.indexOf(this.#last), this.#shown.indexOf(id)].sort((a, b) => a - b);
    this.#last = id;
    if (isRange && from !== undefined && from >= 0 && to !== undefined) this.mark(this.#shown.slice(from, to + 1));
    else this.toggle(id);
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
    const marked = this.#ids.size;
    for (const id of ids) this.#ids.delete(id);
    if (this.#ids.size !== marked) this.changed.emit();
  }

  clear() {
    this.#ids.clear();
    this.changed.emit();
  }
}
