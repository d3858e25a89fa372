import { hottest, number } from "./metrics.js";
import { settingText } from "./settings-table.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostAbsence, HostConfig, HostView, Status } from "./protocol.js" */

/** What is said of a host in words, the same on the live page and in the admin. */

/** @type {Record<Status, string>} */
export const STATUS_WORDS = { up: "up", down: "down", disabled: "disabled", unapproved: "waits for approval" };

/** For so long, in seconds, a host that is back says why it was away. */
const BACK_S = 600;

/** @type {Record<HostAbsence["reason"], string>} */
const ABSENCE_WORDS = { stopped: "stopped", lost: "connection lost", restarted: "host restarted", hub: "hub was away", revoked: "revoked" };

/** @type {Record<string, string>} */
const SETTING_UNITS = { interval: "s" };

/**
 * `up 3 h`, `down 3 h · connection lost`, `up 2 min · host restarted`
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 * @param {Formatter} format
 */
export function statusText(host, now, format) {
  const { status, since } = host;
  const lasts = since && (status === "up" || status === "down") ? ` ${format.duration(now - since)}` : "";
  const why = absenceText(host, now);
  return STATUS_WORDS[status] + lasts + (why && ` · ${why}`);
}

/**
 * `up 3 h · duplicate key`: all that is said of a host's status, on one line.
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 * @param {Formatter} format
 */
export function statusLine(host, now, format) {
  return statusText(host, now, format) + (host.duplicate_key ? " · duplicate key" : "");
}

/**
 * Why a host is away, or, for a while, why it was; empty if there is nothing to say.
 * @param {HostView} host
 * @param {number} now
 */
function absenceText({ status, connected, since, absence }, now) {
  if (!absence || status === "unapproved") return "";
  const restarted = absence.reason === "restarted";
  if (status === "up") return restarted && since && now - since < BACK_S ? ABSENCE_WORDS.restarted : "";
  // one that was started anew and has gone again: why is not known yet
  if (restarted || (status === "disabled" && connected)) return "";
  return ABSENCE_WORDS[absence.reason] + (absence.text && `: ${absence.text}`);
}

/**
 * `rev 12 · applied in 38 ms`, `rev 12 · pending (offline 3 h)`, `rev 12 · failed: interval below 0.2 s (kept rev 11)`
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 * @param {Formatter} format
 */
export function configText({ connected, since, config }, now, format) {
  return config ? `rev ${config.revision} · ${outcome(config) || waiting()}` : "";

  /** @param {HostConfig} settings */
  function outcome({ status, milliseconds, error }) {
    if (status === "failed") return `failed: ${error || "no reason given"}`;
    if (status !== "applied") return "";
    const applied = isNumber(milliseconds) ? `applied in ${format.delay(milliseconds)}` : "applied";
    return applied + (error ? ` (${error})` : "");
  }

  function waiting() {
    if (connected) return "pending";
    return since ? `pending (offline ${format.duration(now - since)})` : "pending (offline)";
  }
}

/** Short enough for two lines of its column. */
export const NO_SAMPLE = "no sample";

/**
 * `5 s ago`: its sample, or, when the hub has none since its own start, the host itself.
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 * @param {Formatter} format
 */
export function ageText({ sample, connected, since }, now, format) {
  if (sample) return format.age(now - sample.at);
  return connected || !since ? NO_SAMPLE : format.age(now - since);
}

/**
 * `running for 12 d · 61 °C · Ubuntu 24.04`: what a host is and how it does, as far as it is known.
 * @param {HostView} host
 * @param {Formatter} format
 */
export function factsText({ facts, sample }, format) {
  const uptime = number(sample?.metrics.uptime_seconds);
  const sensor = hottest(sample);
  return [uptime !== null && `running for ${format.duration(uptime)}`, sensor && format.celsius(sensor.value), facts?.system].filter(Boolean).join(" · ");
}

/**
 * `interval pinned on the host: 5 s`, one line for each pinned field.
 * @param {HostView} host
 * @param {Formatter} format
 */
export function pinnedTexts({ config }, format) {
  return Object.entries(config?.locked ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} pinned on the host: ${settingText({ unit: SETTING_UNITS[name] }, value, format)}`);
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
export function isNumber(value) {
  return typeof value === "number";
}
