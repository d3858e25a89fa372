import { isNumber } from "./describe.js";
import { namesText } from "./common-values.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */

/** What becomes of one change of settings, host by host, told from the state of the fleet. */

/** @typedef {"applied" | "failed" | "pending" | "away" | "same" | "replaced" | "gone"} Outcome `away`: pending, and without a session */

/**
 * A change that the hub has stored.
 * @typedef {object} Change
 * @property {string} what `interval 5 s, show disk off`
 * @property {Map<string, number>} revisions of each host, that were made by it
 * @property {string[]} same hosts that had these settings already
 * @property {string[]} tagged hosts whose tags it changed
 * @property {Map<string, string>} names of all of these when it was made
 */

/** @typedef {{id: string, name: string, outcome: Outcome, text: string}} ProgressRow */
/** @typedef {{rows: ProgressRow[], text: string, finished: number, isSettled: boolean, hasFailed: boolean}} Progress */

/**
 * @param {Change} change
 * @param {(id: string) => HostView | undefined} hostOf
 * @param {Formatter} format
 * @returns {Progress} settled: nothing more comes of hosts that are there
 */
export function progressOf(change, hostOf, format) {
  const changed = [...change.revisions].map(([id, revision]) => rowOf(id, nameOf(change, id), revision, hostOf(id), format));
  const same = change.same.map((id) => ({ id, name: nameOf(change, id), outcome: /** @type {const} */ ("same"), text: "had it already" }));
  const rows = [...changed, ...same].sort((a, b) => byName.compare(a.name, b.name));
  const pending = rows.filter(({ outcome }) => outcome === "pending" || outcome === "away");
  return {
    rows,
    text: progressText(rows, change, format),
    finished: rows.length - pending.length,
    isSettled: pending.every(({ outcome }) => outcome === "away"),
    hasFailed: rows.some(({ outcome }) => outcome === "failed"),
  };
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/**
 * @param {Change} change
 * @param {string} id
 */
function nameOf({ names }, id) {
  return names.get(id) ?? id;
}

/**
 * @param {string} id
 * @param {string} name
 * @param {number} revision
 * @param {HostView | undefined} host
 * @param {Formatter} format
 * @returns {ProgressRow}
 */
function rowOf(id, name, revision, host, format) {
  const config = host?.config;
  if (!host || !config) return { id, name, outcome: "gone", text: "no longer there" };
  if (config.revision > revision) return { id, name, outcome: "replaced", text: `replaced by rev ${config.revision}` };
  if (config.revision < revision || config.status === "pending")
    return host.connected ? { id, name, outcome: "pending", text: "pending" } : { id, name, outcome: "away", text: "pending until it is back" };
  if (config.status === "failed") return { id, name, outcome: "failed", text: `failed: ${config.error || "no reason given"}` };
  const applied = isNumber(config.milliseconds) ? `applied in ${format.delay(config.milliseconds)}` : "applied";
  return { id, name, outcome: "applied", text: applied + (config.error ? ` (${config.error})` : "") };
}

/**
 * `497 of 500 applied, 3 pending`, `11 of 12 applied, 1 failed: db-1`, `Tags of 12 hosts changed`
 * @param {ProgressRow[]} rows
 * @param {Change} change
 * @param {Formatter} format
 */
function progressText(rows, { tagged }, format) {
  const tags = tagged.length ? [tagged.length === 1 ? "tags changed" : `tags of ${format.counted(tagged.length, "host")} changed`] : [];
  if (!rows.length) return tags.join();
  const names = (/** @type {Outcome} */ outcome) => rows.filter((row) => row.outcome === outcome).map(({ name }) => name);
  const away = names("away");
  const pending = names("pending").length + away.length;
  const done = names("applied").length + names("same").length;
  const { number } = format;
  const parts = [`${number(done)} of ${number(rows.length)} applied`];
  if (pending) parts.push(`${number(pending)} pending${away.length ? ` (${away.length === pending ? "" : `${number(away.length)} `}until back)` : ""}`);
  if (names("failed").length) parts.push(`${number(names("failed").length)} failed: ${namesText(names("failed"), format)}`);
  if (names("replaced").length) parts.push(`${number(names("replaced").length)} replaced by a newer revision`);
  if (names("gone").length) parts.push(`${number(names("gone").length)} no longer there`);
  return [...parts, ...tags].join(", ");
}
