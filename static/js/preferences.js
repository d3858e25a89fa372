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

/** Names of what the hub has not been told of yet. No preference is called so. */
const UNTOLD = "untold";

/**
 * How this user likes the page. The hub keeps it, so that another machine shows the same; this browser remembers it as well, for as long
 * as the hub does not hear of it.
 */
export class Preferences {
  /** The name of what was changed. @type {Signal<string>} */
  changed = new Signal();

  #storage;
  #user;
  /** What the browser would not remember; it holds until the page is closed. @type {Map<string, string>} */
  #held = new Map();

  /**
   * @param {Storage | Map<string, string>} storage
   * @param {string} user whose they are: an id
   * @param {Record<string, unknown>} [kept] what the hub keeps, which counts but for what it was not told yet
   */
  constructor(storage, user, kept = {}) {
    this.#storage = storage;
    this.#user = user;
    const untold = new Set(this.get(UNTOLD, /** @type {string[]} */ ([])));
    for (const [name, value] of Object.entries(kept)) if (!untold.has(name)) this.#remember(name, value);
  }

  get user() {
    return this.#user;
  }

  /** What the hub is to be told, by name. */
  get untold() {
    const names = this.get(UNTOLD, /** @type {string[]} */ ([])).filter((name) => this.#text(name));
    return Object.fromEntries(names.map((name) => [name, parsed(this.#text(name))]));
  }

  /**
   * @template T
   * @param {string} name
   * @param {T} otherwise what it is when nothing of that kind is remembered
   * @returns {T}
   */
  get(name, otherwise) {
    const value = parsed(this.#text(name));
    return isLike(value, otherwise) ? /** @type {T} */ (value) : otherwise;
  }

  /**
   * @param {string} name
   * @param {unknown} value anything that JSON can say
   */
  set(name, value) {
    this.#remember(name, value);
    this.#remember(UNTOLD, [...new Set(this.get(UNTOLD, /** @type {string[]} */ ([]))).add(name)]);
    this.changed.emit(name);
  }

  /**
   * The hub was told of these, whatever it made of them; of what was changed meanwhile it was not.
   * @param {Record<string, unknown>} values
   */
  told(values) {
    const isTold = (/** @type {string} */ name) => name in values && JSON.stringify(values[name]) === this.#text(name);
    this.#remember(UNTOLD, this.get(UNTOLD, /** @type {string[]} */ ([])).filter((name) => !isTold(name)));
  }

  /** @param {string} name */
  #text(name) {
    const key = `vedette.${this.#user}.${name}`;
    return this.#held.get(key) ?? read(this.#storage, key);
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  #remember(name, value) {
    const key = `vedette.${this.#user}.${name}`;
    const text = JSON.stringify(value);
    this.#held.delete(key);
    if (!write(this.#storage, key, text)) this.#held.set(key, text);
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
 * @returns {boolean} whether the browser remembers it: not if it is full, or may not
 */
export function write(storage, key, value) {
  try {
    if (storage instanceof Map) storage.set(key, value);
    else storage.setItem(key, value);
    return true;
  } catch (error) {
    console.warn("this browser remembers nothing:", error);
    return false;
  }
}
