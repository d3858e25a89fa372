import { VIEW_TABLE } from "./view-table.js";

/** @import { ViewName } from "./choice.js" */
/** @import { Choices } from "./choices.js" */
/** @import { Preferences } from "./preferences.js" */

/** With more hosts than this the table is what one sees first. */
const MOST_CARDS = 24;
/** @type {readonly ViewName[]} */
const VIEWS_OF_METRIC = ["heat", "overlay"];

/** How the fleet is seen: as the address says, else as this user likes it, else as it suits a fleet of this size. */
export class ViewChoice {
  #choices;
  #preferences;
  /** The view of a fleet of this size, until somebody chooses one. @type {ViewName | ""} */
  #usual = "";

  /**
   * @param {Choices} choices
   * @param {Preferences} preferences
   */
  constructor(choices, preferences) {
    this.#choices = choices;
    this.#preferences = preferences;
  }

  /** @returns {ViewName} */
  get name() {
    return known(this.#choices.current.view) || known(this.#preferences.get("view", "")) || this.#usual || "cards";
  }

  /**
   * The whole fleet is known: from now on the address says how it is seen, so that a link shows somebody else the same.
   * @param {number} hosts
   */
  settle(hosts) {
    this.#usual ||= hosts > MOST_CARDS ? "table" : "cards";
    if (!this.#choices.current.view) this.#choose(this.name);
  }

  /**
   * See the fleet this way, also the next time.
   * @param {ViewName} view
   */
  look(view) {
    this.#preferences.set("view", view);
    this.#choose(view);
  }

  /** @param {ViewName} view */
  #choose(view) {
    const metric = this.#choices.current.metric || (VIEWS_OF_METRIC.includes(view) ? this.#preferences.get("metric", "") : "");
    this.#choices.choose({ view, metric });
  }
}

/**
 * Another version of the page may have had other views.
 * @param {string} name
 */
function known(name) {
  return VIEW_TABLE.find((view) => view.name === name)?.name ?? "";
}
