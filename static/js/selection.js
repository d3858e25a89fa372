/** @import { Entry } from "./store.js" */
/** @import { HostView, Status } from "./protocol.js" */

/** @typedef {"all" | "up" | "down" | "disabled"} Filter */
/** @typedef {{filter: Filter, search: string}} Choice */

/** Keys that wait for approval are no hosts yet: they have a place of their own. @type {readonly {filter: Filter, label: string, statuses: readonly Status[]}[]} */
export const FILTERS = [
  { filter: "all", label: "All", statuses: ["up", "down"] },
  { filter: "up", label: "Up", statuses: ["up"] },
  { filter: "down", label: "Down", statuses: ["down"] },
  { filter: "disabled", label: "Disabled", statuses: ["disabled"] },
];

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/**
 * The hosts a choice shows, ordered by name.
 * @param {Entry[]} entries
 * @param {Choice} choice
 */
export function select(entries, { filter, search }) {
  const statuses = FILTERS.find((known) => known.filter === filter)?.statuses ?? [];
  const words = fold(search).split(/\s+/).filter(Boolean);
  return entries
    .filter(({ host }) => statuses.includes(host.status) && matches(host, words))
    .sort((a, b) => byName.compare(a.host.name, b.host.name) || (a.id < b.id ? -1 : 1));
}

/**
 * @param {string} hash as in `location.hash`
 * @returns {Choice}
 */
export function choiceFromHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const filter = FILTERS.find((known) => known.filter === fields.get("show"))?.filter ?? "all";
  return { filter, search: fields.get("search") ?? "" };
}

/**
 * @param {Choice} choice
 * @returns {string} empty for the default
 */
export function hashFromChoice({ filter, search }) {
  const fields = new URLSearchParams();
  if (filter !== "all") fields.set("show", filter);
  if (search) fields.set("search", search);
  return String(fields) && `#${fields}`;
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
