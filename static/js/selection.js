/** @import { Choice } from "./choice.js" */
/** @import { HostView, Status } from "./protocol.js" */
/** @import { Entry } from "./store.js" */

/** @typedef {{label: string, entries: Entry[]}} Group */
/** @typedef {{groups: Group[], count: number}} Shown what is to be seen, in order; a host may be in several groups */

/** Keys that wait for approval are no hosts yet: they have a place of their own. @type {Record<Choice["status"], readonly Status[]>} */
const STATUSES = { all: ["up", "down"], up: ["up"], down: ["down"], disabled: ["disabled"] };

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/**
 * The hosts a choice shows.
 * @param {Entry[]} entries
 * @param {Choice} choice
 * @returns {Shown}
 */
export function select(entries, { status, search }) {
  const words = fold(search).split(/\s+/).filter(Boolean);
  const selected = entries
    .filter(({ host }) => STATUSES[status].includes(host.status) && matches(host, words))
    .sort((a, b) => byName.compare(a.host.name, b.host.name) || (a.id < b.id ? -1 : 1));
  return { groups: [{ label: "", entries: selected }], count: selected.length };
}

/**
 * @param {HostView} host
 * @param {string[]} words all of which must occur
 */
function matches(host, words) {
  const text = fold([host.name, host.address ?? "", ...(host.tags ?? [])].join("\n"));
  return words.every((word) => text.includes(word));
}

/** @param {string} text */
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
