import { STATUS_WORDS } from "./describe.js";
import { quoted } from "./isolated.js";

/** @import { Choice } from "./choice.js" */
/** @import { Formatter } from "./format.js" */
/** @import { Status } from "./protocol.js" */
/** @import { Counts } from "./store.js" */

/**
 * What is chosen of the fleet: `down`, `tag “db”`, `“cpu > 80”`; nothing if it is all of it.
 * @param {Pick<Choice, "status" | "tag" | "search">} choice
 */
export function filterWords({ status, tag, search }) {
  const words = search.trim();
  return [status === "all" ? "" : STATUS_WORDS[status], tag && `tag ${quoted(tag)}`, words && quoted(words)].filter(Boolean);
}

/**
 * `12 of 59 hosts: down, tag “db”`; empty if all are chosen.
 * @param {Pick<Choice, "status" | "tag" | "search">} choice
 * @param {number} shown
 * @param {number} all
 * @param {Formatter} format
 */
export function filterText(choice, shown, all, format) {
  const words = filterWords(choice);
  return words.length ? `${format.number(shown)} of ${format.counted(all, "host")}: ${words.join(", ")}` : "";
}

/**
 * Of how many hosts those are that are shown: as the header counts them, with the disabled ones only if one of them is shown.
 * @param {Iterable<Status | undefined>} shown
 * @param {Pick<Counts, "up" | "down" | "disabled">} counts
 */
export function countAll(shown, { up, down, disabled }) {
  for (const status of shown) if (status === "disabled") return up + down + disabled;
  return up + down;
}
