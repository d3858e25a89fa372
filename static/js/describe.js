import { hottest, number } from "./metrics.js";
import { settingText, titleOf } from "./settings-table.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostAbsence, HostConfig, HostView, Status } from "./protocol.js" */
/** @import { Setting } from "./settings-table.js" */

/** What is said of a host in words, the same on the live page and in the admin. */

/** @type {Record<Status, string>} */
export const STATUS_WORDS = { up: "up", down: "down", disabled: "disabled", unapproved: "waits for approval" };

/** For so long, in seconds, a host that is back says why it was away. */
const BACK_S = 600;

/** @typedef {HostAbsence["reason"] | "never"} Reason why a host is away, or was; never: it has not come yet */

/** In full, and as short as the table's column. @type {Record<Reason, readonly [full: string, short: string]>} */
const REASON_WORDS = {
  stopped: ["stopped", "stopped"],
  lost: ["connection lost", "lost"],
  restarted: ["host restarted", "restarted"],
  hub: ["hub was away", "hub away"],
  revoked: ["revoked", "revoked"],
  never: ["never connected", "never seen"],
};

/**
 * `up 3 h`, `down 3 h · connection lost`, `up 2 min · host restarted`, `disabled 2 d`
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 * @param {Formatter} format
 */
export function statusText(host, now, format) {
  const why = whyText(host, now);
  return lastsText(host, now, format) + (why && ` · ${why}`);
}

/**
 * `up 3 h`: the status with how long.
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 * @param {Formatter} format
 */
export function lastsText(host, now, format) {
  const begun = statusBegan(host);
  const { status } = host;
  if (begun === null) return STATUS_WORDS[status];
  return status === "unapproved" ? `${STATUS_WORDS[status]} · first asked ${format.age(now - begun)}` : `${STATUS_WORDS[status]} ${format.duration(now - begun)}`;
}

/**
 * When a host became what it is: came, went, was disabled, was added if it has never come, or asked to be approved; null if nobody knows.
 * @param {HostView} host
 */
export function statusBegan({ status, connected, since, disabled_at, enrolled_at }) {
  if (status === "disabled") return disabled_at ?? null;
  return since ?? (connected ? null : (enrolled_at ?? null));
}

/**
 * Why a host is away, or, for a while, why it was; empty if there is nothing to say.
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 */
export function whyText(host, now) {
  const reason = reasonOf(host, now);
  if (!reason) return "";
  const text = host.absence?.text;
  return REASON_WORDS[reason][0] + (text ? `: ${text}` : "");
}

/**
 * The same in a word or two.
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 */
export function whyShort(host, now) {
  const reason = reasonOf(host, now);
  return reason ? REASON_WORDS[reason][1] : "";
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
 * @param {HostView} host
 * @param {number} now
 * @returns {Reason | null}
 */
function reasonOf({ status, connected, since, absence }, now) {
  const restarted = absence?.reason === "restarted";
  if (status === "up") return restarted && since && now - since < BACK_S ? "restarted" : null;
  if (status === "unapproved" || (status === "disabled" && connected)) return null;
  if (restarted) return null; // one that was started anew and has gone again: why is not known yet
  return absence?.reason ?? (typeof since === "number" ? null : "never");
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
 * `Interval pinned on the host: 5 s`, one line for each pinned field.
 * @param {HostView} host
 * @param {readonly Setting[]} table
 * @param {Formatter} format
 */
export function pinnedTexts({ config }, table, format) {
  return Object.entries(config?.locked ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const setting = table.find((known) => known.name === name);
      return `${setting ? titleOf(setting) : name} pinned on the host: ${settingText(setting ?? {}, value, format)}`;
    });
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
export function isNumber(value) {
  return typeof value === "number";
}
