import { element } from "./dom.js";

/** @import { HostView, Status } from "./protocol.js" */

/** The shortest time between two announcements. */
const PAUSE_MS = 5_000;
const MOST_NAMES = 3;

/** Tells a screen reader which hosts went up or down, and not more often than one can listen to. */
export class Announcer {
  #region = element("p", "visually-hidden");
  /** The status of each host when it was last announced, and its name. @type {Map<string, {name: string, before: Status, after: Status}>} */
  #pending = new Map();
  #resting = false;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#region.setAttribute("aria-live", "polite");
    place.append(this.#region);
  }

  /**
   * @param {string} id
   * @param {HostView | undefined} before
   * @param {HostView | undefined} after
   */
  note(id, before, after) {
    if (!before || !after || before.status === after.status) return;
    const first = this.#pending.get(id)?.before ?? before.status;
    this.#pending.set(id, { name: after.name, before: first, after: after.status });
    if (!this.#resting) this.#speak();
  }

  #speak() {
    const text = announcement([...this.#pending.values()].filter((change) => change.before !== change.after));
    this.#pending.clear();
    this.#resting = text !== "";
    if (!this.#resting) return;
    this.#region.textContent = text;
    setTimeout(() => this.#speak(), PAUSE_MS);
  }
}

/**
 * `db-1 is down. 5 hosts are up.` Nothing but up and down is worth it.
 * @param {{name: string, after: Status}[]} changes
 */
export function announcement(changes) {
  return ["down", "up"]
    .map((status) => sentence(changes.filter(({ after }) => after === status).map(({ name }) => name), status))
    .filter(Boolean)
    .join(" ");
}

/**
 * @param {string[]} names
 * @param {string} status
 */
function sentence(names, status) {
  if (!names.length) return "";
  if (names.length > MOST_NAMES) return `${names.length} hosts are ${status}.`;
  return `${names.join(", ")} ${names.length === 1 ? "is" : "are"} ${status}.`;
}
