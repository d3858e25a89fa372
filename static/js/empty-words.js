import { filterWords } from "./filter-words.js";
import { quoted } from "./isolated.js";
import { statusesOf } from "./selection.js";

/** @import { Choice, StatusChoice } from "./choice.js" */
/** @import { Formatter } from "./format.js" */

/** @typedef {Exclude<StatusChoice, "all">} HostStatus of those that are hosts already */
/** @typedef {Record<HostStatus, number>} HostCounts */

/**
 * What there is, shown or not.
 * @typedef {object} Present
 * @property {HostCounts} counts of all hosts
 * @property {HostCounts} matching how many have what is searched for and the tag, whatever their status
 * @property {number} waiting keys that wait for approval
 * @property {boolean} namesStatus the search says itself which status it wants, so disabled hosts are asked, too
 * @property {string[]} unreported metrics that were asked for and that no host has
 * @property {ReadonlyMap<string, number>} tags that hosts have
 */

/** @type {readonly HostStatus[]} */
const STATUSES = ["up", "down", "disabled"];

/** @param {HostCounts} counts */
export function countOf({ up, down, disabled }) {
  return up + down + disabled;
}

/**
 * Why no host is shown.
 * @param {Present} present
 * @param {Choice} choice
 * @param {Formatter} format
 */
export function whyNone(present, choice, format) {
  const { counts, unreported, namesStatus, tags } = present;
  const asked = sum(counts, statusesOf(choice, namesStatus));
  const matching = STATUSES.filter((status) => present.matching[status]).map((status) => `${format.number(present.matching[status])} ${status}`);
  const others = matching.length && isSearched(choice) ? [`Matching: ${matching.join(", ")}.`] : [];
  if (!asked) return [...noneToAsk(counts, choice.status, format), ...others].join(" ");
  if (choice.tag && !tags.has(choice.tag)) return `No host has the tag ${quoted(choice.tag)}.`;
  return [noneMatches(asked, present, choice, format), ...others, ...unreported.map((name) => `No host reports ${name}.`)].join(" ");
}

/**
 * Hosts in another status that have all else: where they are to be seen.
 * @param {Present} present
 * @param {Choice} choice
 * @returns {{status: HostStatus, count: number} | null} null as well where it is the status alone that hides hosts which are shown without it
 */
export function elsewhere({ counts, matching, namesStatus }, choice) {
  if (!isSearched(choice) && counts.up + counts.down > 0) return null;
  const asked = statusesOf(choice, namesStatus);
  const status = STATUSES.find((one) => !asked.includes(one) && matching[one] > 0);
  return status === undefined ? null : { status, count: matching[status] };
}

/** @param {Choice} choice */
function isSearched(choice) {
  return filterWords({ ...choice, status: "all" }).length > 0;
}

/**
 * @param {HostCounts} counts
 * @param {StatusChoice} status
 * @param {Formatter} format
 */
function noneToAsk(counts, status, format) {
  const hosts = countOf(counts);
  const all = hosts === 1 ? "The one host there is is disabled." : `All ${format.counted(hosts, "host")} are disabled.`;
  if (status === "all") return [all];
  return [`No host is ${status}.`, ...(counts.disabled === hosts ? [all] : [])];
}

/**
 * @param {number} asked hosts
 * @param {Present} present
 * @param {Choice} choice
 * @param {Formatter} format
 */
function noneMatches(asked, { counts, namesStatus }, { status, tag, search }, format) {
  const filter = filterWords({ status: "all", tag, search }).join(", ");
  const isPart = status === "all" && !namesStatus && counts.disabled > 0;
  const which = status === "all" ? (isPart ? " that are not disabled" : "") : ` that are ${status}`;
  if (asked > 1) return `None of the ${format.counted(asked, "host")}${which} matches: ${filter}.`;
  return `The one host${which.replace("are", "is") || " there is"} does not match: ${filter}.`;
}

/**
 * @param {HostCounts} counts
 * @param {readonly string[]} statuses
 */
function sum(counts, statuses) {
  return STATUSES.reduce((all, status) => all + (statuses.includes(status) ? counts[status] : 0), 0);
}
