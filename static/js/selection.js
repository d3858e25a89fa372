import { fieldNamed, presentValue } from "./fields.js";

/** @import { Choice } from "./choice.js" */
/** @import { Expression } from "./expression.js" */
/** @import { Field } from "./fields.js" */
/** @import { HostView, Status } from "./protocol.js" */
/** @import { Entry } from "./store.js" */

/** @typedef {{label: string, tag: string | null, entries: Entry[]}} Group `tag` is null for hosts without tags, and when nothing is grouped */
/** @typedef {{groups: Group[], count: number}} Shown what is to be seen, in order; a host may be in several groups and counts once */

/** Keys that wait for approval are no hosts yet: they have a place of their own. @type {Record<Choice["status"], readonly Status[]>} */
const STATUSES = { all: ["up", "down"], up: ["up"], down: ["down"], disabled: ["disabled"] };
/** @type {readonly Status[]} */
const ALL_STATUSES = ["up", "down", "disabled"];

const UNTAGGED = "hosts without tags";

const naturally = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/**
 * The hosts a choice shows.
 * @param {Entry[]} entries
 * @param {Choice} choice
 * @param {Expression} expression of the choice's search
 * @param {number} now the hub's clock, in seconds
 * @returns {Shown}
 */
export function select(entries, choice, expression, now) {
  const { tag, group } = choice;
  const statuses = statusesOf(choice, expression.namesStatus);
  const selected = entries.filter(
    ({ host }) => statuses.includes(host.status) && (!tag || host.tags?.includes(tag)) && expression.matches(host, now),
  );
  const ordered = order(selected, choice, now);
  return { groups: group === "tag" ? byTag(ordered, tag) : [{ label: "", tag: null, entries: ordered }], count: ordered.length };
}

/**
 * Hosts in which status a choice asks.
 * @param {Pick<Choice, "status">} choice
 * @param {boolean} namesStatus its search says itself which status it wants
 */
export function statusesOf({ status }, namesStatus) {
  return status === "all" && namesStatus ? ALL_STATUSES : STATUSES[status];
}

/**
 * How many hosts of each status a choice would show if it asked for that.
 * @param {Entry[]} entries
 * @param {Choice} choice
 * @param {Expression} expression of the choice's search
 * @param {number} now the hub's clock, in seconds
 */
export function countMatching(entries, { tag }, expression, now) {
  const counts = { up: 0, down: 0, disabled: 0, unapproved: 0 };
  for (const { host } of entries) if ((!tag || host.tags?.includes(tag)) && expression.matches(host, now)) counts[host.status] += 1;
  return counts;
}

/**
 * As the newest values would have it, but with those that were there before in the order that they had: nothing jumps, what is new
 * stands behind.
 * @param {Shown} before
 * @param {Shown} now
 * @returns {Shown}
 */
export function keepOrder(before, now) {
  const groups = now.groups.map((group) => {
    const places = new Map(before.groups.find(({ label, tag }) => label === group.label && tag === group.tag)?.entries.map(({ id }, place) => [id, place]));
    const place = (/** @type {Entry} */ { id }) => places.get(id) ?? Infinity;
    return { ...group, entries: [...group.entries].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b))) };
  });
  return { ...now, groups };
}

/**
 * The tags of all hosts with how many have each, in natural order.
 * @param {Entry[]} entries
 * @returns {Map<string, number>}
 */
export function countTags(entries) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { host } of entries)
    if (host.status !== "unapproved") for (const tag of host.tags ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => compareText(a, b)));
}

/**
 * What is not known stands last, whichever way it is sorted; equals stand by name, then id.
 * @param {Entry[]} entries
 * @param {Choice} choice
 * @param {number} now
 */
function order(entries, { sort, descending }, now) {
  const field = fieldNamed(sort);
  const sign = descending ? -1 : 1;
  const keyed = entries.map((entry) => ({ entry, key: field ? sortKey(field, entry.host, now) : entry.host.name }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return a.key === b.key ? byName(a.entry, b.entry) : a.key === null ? 1 : -1;
    return sign * compare(a.key, b.key) || byName(a.entry, b.entry);
  });
  return keyed.map(({ entry }) => entry);
}

/**
 * @param {Field} field
 * @param {HostView} host
 * @param {number} now
 */
function sortKey(field, host, now) {
  return field.rank ? field.rank(host) : presentValue(field, host, now);
}

/**
 * @param {number | string} a
 * @param {number | string} b
 */
function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : compareText(String(a), String(b));
}

/**
 * @param {string} a
 * @param {string} b
 */
function compareText(a, b) {
  return naturally.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * @param {Entry} a
 * @param {Entry} b
 */
function byName(a, b) {
  return compareText(a.host.name, b.host.name) || (a.id < b.id ? -1 : 1);
}

/**
 * A group for each tag, hosts without any in the last one.
 * @param {Entry[]} entries in order
 * @param {string} only the tag that was chosen
 * @returns {Group[]}
 */
function byTag(entries, only) {
  /** @type {Map<string, Entry[]>} */
  const groups = new Map();
  const untagged = [];
  for (const entry of entries) {
    const tags = new Set(entry.host.tags ?? []);
    if (!tags.size) untagged.push(entry);
    for (const tag of tags) {
      const group = groups.get(tag);
      if (group) group.push(entry);
      else groups.set(tag, [entry]);
    }
  }
  const tagged = [...groups].filter(([tag]) => !only || tag === only).sort(([a], [b]) => compareText(a, b));
  const rest = untagged.length ? [{ label: UNTAGGED, tag: null, entries: untagged }] : [];
  return [...tagged.map(([tag, some]) => ({ label: tag, tag, entries: some })), ...rest];
}
