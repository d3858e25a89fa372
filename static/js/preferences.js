import { Signal } from "./signal.js";

/**
 * What this browser remembers; null where that is forbidden, and to ask for it is an error.
 * @param {Window} place
 */
export function storageOf(place) {
  try {
    return place.localStorage;
  } catch {
    return null;
  }
}

/** How this user likes the page, remembered by this browser. */
export class Preferences {
  /** The name of what was changed. @type {Signal<string>} */
  changed = new Signal();

  #storage;
  #prefix;

  /**
   * @param {Storage | Map<string, string>} storage
   * @param {string} user whose they are
   */
  constructor(storage, user) {
    this.#storage = storage;
    this.#prefix = `vedette.${user}.`;
  }

  /**
   * @template T
   * @param {string} name
   * @param {T} otherwise what it is when nothing of that kind is remembered
   * @returns {T}
   */
  get(name, otherwise) {
    const value = parsed(read(this.#storage, this.#prefix + name));
    return isLike(value, otherwise) ? /** @type {T} */ (value) : otherwise;
  }

  /**
   * @param {string} name
   * @param {unknown} value anything that JSON can say
   */
  set(name, value) {
    write(this.#storage, this.#prefix + name, JSON.stringify(value));
    this.changed.emit(name);
  }
}

/**
 * @param {unknown} value
 * @param {unknown} example
 */
function isLike(value, example) {
  return value !== null && typeof value === typeof example && Array.isArray(value) === Array.isArray(example);
}

/** @param {string | null | undefined} text */
function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null; // somebody else's, or an old one's: as if nothing were remembered
  }
}

/**
 * @param {Storage | Map<string, string>} storage
 * @param {string} key
 */
function read(storage, key) {
  return storage instanceof Map ? storage.get(key) : storage.getItem(key);
}

/**
 * @param {Storage | Map<string, string>} storage
 * @param {string} key
 * @param {string} value
 */
function write(storage, key, value) {
  try {
    if (storage instanceof Map) storage.set(key, value);
    else storage.setItem(key, value);
  } catch (error) {
    console.warn("this browser remembers nothing:", error); // full, or forbidden: it holds until the page is closed
  }
}
