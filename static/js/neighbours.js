import { compile } from "./expression.js";
import { select } from "./selection.js";

/** @import { Choice } from "./choice.js" */
/** @import { Entry } from "./store.js" */

/** @typedef {{before: Entry | null, after: Entry | null}} Neighbours */

/**
 * The hosts before and after the one that is open, in the order in which the fleet shows them now.
 * @param {Entry[]} entries
 * @param {Choice} choice
 * @param {number} now the hub's clock, in seconds
 * @returns {Neighbours}
 */
export function neighboursOf(entries, choice, now) {
  const shown = select(entries, choice, expressionOf(choice.search), now).groups.flatMap((group) => group.entries);
  const once = [...new Map(shown.map((entry) => [entry.id, entry])).values()];
  const index = once.findIndex(({ id }) => id === choice.host);
  return { before: (index > 0 && once[index - 1]) || null, after: (index >= 0 && once[index + 1]) || null };
}

/** @param {string} search */
function expressionOf(search) {
  try {
    return compile(search);
  } catch {
    return compile(""); // the search field says what is wrong with it
  }
}
