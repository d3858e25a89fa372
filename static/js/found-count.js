import { compile } from "./expression.js";

/** @import { Choice } from "./choice.js" */
/** @import { Formatter } from "./format.js" */
/** @import { Platform } from "./platform.js" */

/** So long nobody has typed or chosen anything. */
const PAUSE_MS = 1_000;

/** Tells those who do not see it how many hosts a search or filter has found: once it is finished, and not what changes by itself. */
export class FoundCount {
  #platform;
  #format;
  #say;
  #asked = "";
  #count = 0;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {Platform} platform
   * @param {Formatter} format
   * @param {(text: string) => void} say
   * @param {Choice} choice what the page begins with, which is no news
   */
  constructor(platform, format, say, choice) {
    this.#platform = platform;
    this.#format = format;
    this.#say = say;
    this.#asked = askedBy(choice);
  }

  /**
   * @param {Choice} choice
   * @param {number} count hosts that are shown
   */
  note(choice, count) {
    this.#count = count;
    const asked = askedBy(choice);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#platform.clearTimeout(this.#timer);
    if (isComplete(choice.search)) this.#timer = this.#platform.setTimeout(() => this.#say(foundText(this.#count, this.#format)), PAUSE_MS);
  }
}

/**
 * @param {number} count
 * @param {Formatter} format
 */
function foundText(count, format) {
  return count ? `${format.counted(count, "host")} found.` : "No host found.";
}

/** @param {Choice} choice */
function askedBy({ search, tag, status }) {
  return JSON.stringify([search.trim(), tag, status]);
}

/** What is wrong with a search is said by its field. @param {string} search */
function isComplete(search) {
  try {
    compile(search);
    return true;
  } catch {
    return false;
  }
}
