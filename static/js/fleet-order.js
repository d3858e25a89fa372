import { compile, unreported } from "./expression.js";
import { fieldNamed } from "./fields.js";
import { countMatching, keepOrder, select } from "./selection.js";

/** @import { Choice } from "./choice.js" */
/** @import { Expression } from "./expression.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Entry } from "./store.js" */

/** Values that change all the time move hosts no more often than this. */
const REORDER_S = 2;

/** Which hosts are shown, in which order, and when that has to be looked at again. */
export class FleetOrder {
  /** @type {Shown} */
  shown = { groups: [], count: 0 };

  /** The last one that was right. */
  #expression = compile("");
  #search = "";
  #sort = "";
  #arrangedAt = -Infinity;
  /** Hosts stand where they stood, not where they belong. */
  #isKept = false;

  /**
   * @param {Entry[]} entries
   * @param {Choice} choice
   * @param {number} now the hub's clock, in seconds
   * @param {boolean} isHeld nothing that stays may move
   */
  arrange(entries, choice, now, isHeld) {
    const expression = usable(choice.search);
    if (expression) {
      this.#expression = expression;
      this.#search = choice.search;
    }
    this.#sort = choice.sort;
    this.#arrangedAt = now;
    this.#isKept = isHeld;
    const shown = select(entries, choice, this.#expression, now);
    this.shown = isHeld ? keepOrder(this.shown, shown) : shown;
  }

  /** The last search that was right: of that one the hosts are. */
  get search() {
    return this.#search;
  }

  /** Whether the search says itself which status it wants. */
  get namesStatus() {
    return this.#expression.namesStatus;
  }

  /**
   * How many hosts of each status have what is searched for, and the tag.
   * @param {Entry[]} entries
   * @param {Choice} choice
   * @param {number} now the hub's clock, in seconds
   */
  matching(entries, choice, now) {
    return countMatching(entries, choice, this.#expression, now);
  }

  /**
   * Metrics that are asked for and that no host reports.
   * @param {Entry[]} entries
   */
  unreported(entries) {
    return unreported(this.#expression, entries);
  }

  /**
   * Whether metrics may have moved hosts, or some were held where they were, and it is time to look.
   * @param {number} now the hub's clock, in seconds
   */
  isDue(now) {
    const field = fieldNamed(this.#sort);
    const isLive = this.#expression.isLive || (field !== undefined && field.unit !== "text");
    return (isLive || this.#isKept) && Math.abs(now - this.#arrangedAt) >= REORDER_S;
  }
}

/**
 * Whether a host may have moved within the order, into it or out of it, and not by its metrics.
 * @param {HostView | undefined} before
 * @param {HostView | undefined} after
 */
export function isElsewhere(before, after) {
  if (!before || !after) return before !== after;
  const { name, status, address, tags, facts, config } = after;
  if (before.name !== name || before.status !== status || before.config?.status !== config?.status) return true;
  return before.address !== address || before.tags !== tags || before.facts !== facts;
}

/**
 * @param {string} search
 * @returns {Expression | null} null: it is wrong, or not yet finished; the search field says so
 */
function usable(search) {
  try {
    return compile(search);
  } catch {
    return null;
  }
}
