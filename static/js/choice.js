import { VIEW_TABLE } from "./view-table.js";

/** What the page shows, and how its address says so: a link shows the same to somebody else. */

/** @typedef {import("./view-table.js").ViewName} ViewName */
/** @typedef {"all" | "up" | "down" | "disabled"} StatusChoice */

/**
 * Empty text is "not chosen".
 * @typedef {object} Choice
 * @property {ViewName | ""} view
 * @property {StatusChoice} status
 * @property {string} search words and conditions
 * @property {string} tag
 * @property {string} sort name of a field
 * @property {boolean} descending
 * @property {"tag" | ""} group
 * @property {string} metric name of the field that heat map and overlay draw
 * @property {string} host id of the host that is open
 * @property {boolean} wall nothing but the hosts, for a screen on the wall
 */

/** @type {readonly StatusChoice[]} */
export const STATUS_CHOICES = ["all", "up", "down", "disabled"];

/** Longer is nobody's search, and a link that somebody made should not keep the page busy. */
export const MOST_SEARCH_CHARACTERS = 1_000;

/** @type {Choice} */
export const NOTHING_CHOSEN = { view: "", status: "all", search: "", tag: "", sort: "", descending: false, group: "", metric: "", host: "", wall: false };

/**
 * @param {string} hash as in `location.hash`
 * @returns {Choice}
 */
export function choiceFromHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (/** @type {string} */ name) => fields.get(name) ?? "";
  const sort = text("sort");
  return {
    view: VIEW_TABLE.find(({ name }) => name === text("view"))?.name ?? "",
    status: STATUS_CHOICES.find((known) => known === text("show")) ?? "all",
    search: text("search").slice(0, MOST_SEARCH_CHARACTERS),
    tag: text("tag"),
    sort: sort.replace(/^-/, ""),
    descending: sort.startsWith("-"),
    group: text("group") === "tag" ? "tag" : "",
    metric: text("metric"),
    host: text("host"),
    wall: fields.has("wall"),
  };
}

/**
 * @param {Choice} choice
 * @returns {string} empty when nothing is chosen
 */
export function hashFromChoice({ view, status, search, tag, sort, descending, group, metric, host, wall }) {
  const fields = Object.entries({
    host,
    view,
    show: status === "all" ? "" : status,
    search,
    tag,
    sort: sort && (descending ? `-${sort}` : sort),
    group,
    metric,
    wall: wall && "on",
  }).filter(([, value]) => value);
  return fields.length ? `#${new URLSearchParams(/** @type {[string, string][]} */ (fields))}` : "";
}
