import { isolated } from "./isolated.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */

/** What several hosts have in common, and where they differ. */

/**
 * @typedef {object} CommonValue
 * @property {boolean | number | null} value of all of them; null if they differ or nothing is known
 * @property {(boolean | number)[]} values those that occur, in order
 * @property {string[]} pinned names of the hosts that keep a value of their own
 */

/** @typedef {{tag: string, count: number}} TagCount */

/**
 * @param {HostView[]} hosts
 * @param {string} name of a setting
 * @returns {CommonValue}
 */
export function commonValue(hosts, name) {
  const all = hosts.flatMap(({ config }) => (config?.settings && Object.hasOwn(config.settings, name) ? [config.settings[name]] : []));
  const values = /** @type {(boolean | number)[]} */ ([...new Set(all)]).sort((a, b) => Number(a) - Number(b));
  const pinned = hosts.filter(({ config }) => config?.locked && Object.hasOwn(config.locked, name)).map((host) => host.name);
  return { value: values.length === 1 ? (values[0] ?? null) : null, values, pinned };
}

/**
 * The tags of these hosts and how many have each: what most have comes first.
 * @param {HostView[]} hosts
 * @returns {TagCount[]}
 */
export function tagCounts(hosts) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { tags } of hosts) for (const tag of new Set(tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1));
}

const MOST_NAMES = 3;

/**
 * `web-1, web-2, web-3 and 9 more`, each name between marks that keep its direction from the text around it, as `<bdi>` does
 * @param {string[]} names
 * @param {Formatter} format
 */
export function namesText(names, format) {
  const shown = names.length <= MOST_NAMES + 1 ? names : names.slice(0, MOST_NAMES);
  const text = shown.map(isolated).join(", ");
  return shown.length < names.length ? `${text} and ${format.number(names.length - shown.length)} more` : text;
}
