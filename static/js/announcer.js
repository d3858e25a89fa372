import { element } from "./dom.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostView, Status } from "./protocol.js" */

/** The shortest time between two announcements. */
const PAUSE_MS = 5_000;
const MOST_NAMES = 3;

/** Tells a screen reader which hosts went up or down and that keys came, and not more often than one can listen to. */
export class Announcer {
  #format;
  #region = element("p", "visually-hidden");
  /** The status of each host when it was last announced, and its name. @type {Map<string, {name: string, before: Status, after: Status}>} */
  #pending = new Map();
  #newKeys = 0;
  /** @type {string[]} */
  #said = [];
  #resting = false;

  /**
   * @param {HTMLElement} place
   * @param {Formatter} format
   */
  constructor(place, format) {
    this.#format = format;
    this.#region.setAttribute("aria-live", "polite");
    place.append(this.#region);
  }

  /**
   * @param {string} id
   * @param {HostView | undefined} before
   * @param {HostView | undefined} after
   */
  note(id, before, after) {
    if (!before && after?.status === "unapproved") this.#newKeys += 1;
    else if (!before || !after || before.status === after.status) return;
    else this.#pending.set(id, { name: after.name, before: this.#pending.get(id)?.before ?? statusBefore(before), after: after.status });
    if (!this.#resting) this.#speak();
  }

  /** @param {string} text */
  say(text) {
    this.#said.push(text);
    if (!this.#resting) this.#speak();
  }

  #speak() {
    const changes = [...this.#pending.values()].filter((change) => change.before !== change.after);
    const text = [...this.#said, announcement(changes, this.#newKeys, this.#format)].filter(Boolean).join(" ");
    this.#pending.clear();
    this.#said = [];
    this.#newKeys = 0;
    this.#resting = text !== "";
    if (!this.#resting) return;
    this.#region.textContent = text;
    setTimeout(() => this.#speak(), PAUSE_MS);
  }
}

/**
 * `db-1 is down. 5 hosts are up. A new key waits for approval.` Nothing else is worth it.
 * @param {{name: string, after: Status}[]} changes
 * @param {number} newKeys
 * @param {Formatter} format
 */
export function announcement(changes, newKeys, format) {
  const sentences = ["down", "up"].map((status) => {
    const names = changes.filter(({ after }) => after === status).map(({ name }) => name);
    return sentence(names, status, format);
  });
  if (newKeys) sentences.push(newKeys === 1 ? "A new key waits for approval." : `${format.number(newKeys)} new keys wait for approval.`);
  return sentences.filter(Boolean).join(" ");
}

/**
 * A key that was just approved is a host that is not here yet, which is no news.
 * @param {HostView} host
 */
function statusBefore({ status }) {
  return status === "unapproved" ? "down" : status;
}

/**
 * @param {string[]} names
 * @param {string} status
 * @param {Formatter} format
 */
function sentence(names, status, format) {
  if (!names.length) return "";
  if (names.length > MOST_NAMES) return `${format.counted(names.length, "host")} are ${status}.`;
  return `${names.join(", ")} ${names.length === 1 ? "is" : "are"} ${status}.`;
}
