import { STATUS_WORDS } from "./describe.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */

/** Less than any value: a host that is down keeps its line while there is room. */
export const ONLY_PAST = -Infinity;

/**
 * Which hosts have a line: those with the largest values; after them, those that have only a past. Each keeps its place, hence its colour,
 * while another takes that of one that left.
 * @param {Map<string, number>} values of all hosts that are shown; `ONLY_PAST` of one that has none now
 * @param {string[]} before
 * @param {number} most
 * @returns {string[]}
 */
export function overlayLines(values, before, most) {
  const had = new Set(before);
  const isNewer = (/** @type {string} */ a, /** @type {string} */ b) => Number(had.has(b)) - Number(had.has(a));
  // the same place in the order: not by a difference, which two that have only a past do not have
  const first = [...values].sort(([a, x], [b, y]) => (x === y ? isNewer(a, b) || (a < b ? -1 : 1) : y - x)).slice(0, most);
  const chosen = new Set(first.map(([id]) => id));
  const places = before.map((id) => (chosen.has(id) ? id : null));
  const kept = new Set(places);
  for (const [id] of first) {
    if (kept.has(id)) continue;
    const free = places.indexOf(null);
    if (free === -1) places.push(id);
    else places[free] = id;
  }
  return places.filter((id) => id !== null);
}

/**
 * `12 hosts`, `The 20 with the most CPU of 61 hosts`, `7 of 10 hosts: the others have no value`
 * @param {{lines: number, hosts: number, most: number}} counts
 * @param {string} label of what is drawn
 * @param {Formatter} format
 */
export function linesText({ lines, hosts, most }, label, format) {
  if (lines === 0 && hosts > 0) return `None of ${format.counted(hosts, "host")} has a value`;
  if (lines === hosts) return format.counted(hosts, "host");
  if (lines === most) return `The ${format.number(lines)} with the most ${label} of ${format.counted(hosts, "host")}`;
  return `${format.number(lines)} of ${format.counted(hosts, "host")}: the others have no value`;
}

/**
 * What a line is called: the host, and that it is down, for its newest value is an old one.
 * @param {HostView | undefined} host
 * @returns {{label: string, note?: string}}
 */
export function lineName(host) {
  if (!host || host.status === "up") return { label: host?.name ?? "" };
  return { label: host.name, note: `(${STATUS_WORDS[host.status]})` };
}
