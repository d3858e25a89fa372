import { STATUS_WORDS } from "./describe.js";
import { latencyOf } from "./latency.js";
import { fullestDisk, hottest, instances, number, sum } from "./metrics.js";

/** @import { HostView, Status } from "./protocol.js" */

/** @typedef {import("./units.js").Unit | "text"} Unit */

/**
 * One value of a host: what expressions compare, columns sort by, heat map and overlay draw.
 * @typedef {object} Field
 * @property {string} name
 * @property {readonly string[]} aliases
 * @property {string} label
 * @property {Unit} unit of a number that `of` gives
 * @property {string} about what exactly it is, for titles and help
 * @property {(host: HostView, now: number) => number | string | null} of null where it is not known
 * @property {(host: HostView) => number} [rank] what it is sorted by, if not by itself
 * @property {readonly string[]} [metrics] those that `of` reads, where the hub knows their course
 * @property {boolean} [passes] what it says of a host that is not up is past: nobody wants to find or to sort that host by it
 */

/** Worst first. */
const OUTCOMES = ["failed", "pending", "applied"];
/** @type {Record<Status, number>} */
const STATUS_RANKS = { down: 0, unapproved: 1, disabled: 2, up: 3 };

const DISK_METRICS = ["disk_total_bytes", "disk_used_bytes", "disk_available_bytes"];

/** THE table of values: a new one is a line here. @type {readonly Field[]} */
export const FIELDS = [
  passing(ratio("cpu", [], "CPU", "busy share of all cores", metric("cpu_used_ratio"), ["cpu_used_ratio"])),
  passing(ratio("memory", ["mem", "ram"], "Memory", "used share of the memory", ...shareOf("memory_used_bytes", "memory_total_bytes"))),
  passing(ratio("swap", [], "Swap", "used share of the swap space", ...shareOf("swap_used_bytes", "swap_total_bytes"))),
  ratio("disk", [], "Disk", "used share of the fullest disk", (host) => fullestDisk(host.sample)?.ratio ?? null, DISK_METRICS),
  field("disk.free", [], "Disk free", "bytes", "space left on the fullest disk", (host) => fullestDisk(host.sample)?.free ?? null, DISK_METRICS),
  field("disk.used", [], "Disk used", "bytes", "space taken on the fullest disk", (host) => fullestDisk(host.sample)?.used ?? null, DISK_METRICS),
  passing(rate("disk.read", ["read"], "Disk read", "read from all disks", ["disk_read_bytes_per_second"])),
  passing(rate("disk.write", ["disk.written", "write"], "Disk written", "written to all disks", ["disk_written_bytes_per_second"])),
  passing(rate("net", ["network"], "Network", "received and sent by all interfaces", ["network_received_bytes_per_second", "network_sent_bytes_per_second"])),
  passing(rate("net.in", ["in", "received"], "Network in", "received by all interfaces", ["network_received_bytes_per_second"])),
  passing(rate("net.out", ["out", "sent"], "Network out", "sent by all interfaces", ["network_sent_bytes_per_second"])),
  passing(field("load", ["load1"], "Load", "number", "load average over 1 minute", metric("load_1m"), ["load_1m"])),
  passing(field("load5", [], "Load, 5 min", "number", "load average over 5 minutes", metric("load_5m"), ["load_5m"])),
  passing(field("load15", [], "Load, 15 min", "number", "load average over 15 minutes", metric("load_15m"), ["load_15m"])),
  passing(field("temp", ["temperature"], "Temperature", "celsius", "the hottest sensor", (host) => hottest(host.sample)?.value ?? null, ["temperature_celsius"])),
  passing(field("uptime", ["up"], "Uptime", "seconds", "since the host started", metric("uptime_seconds"))),
  field("age", [], "Age", "seconds", "since the newest sample came", (host, now) => (host.sample ? Math.max(0, now - host.sample.at) : null)),
  passing(field("latency", ["delay"], "Latency", "milliseconds", "from taking the newest sample to showing it here", (host) => latencyOf(host))),
  field("cores", [], "Cores", "number", "how many CPU cores", coresOf),
  text("name", ["host"], "Name", "what the host is called", (host) => host.name),
  text("address", ["ip", "addr"], "Address", "where the host connects from", (host) => host.address ?? null),
  text("system", ["os"], "System", "operating system", (host) => host.facts?.system || null),
  { ...text("status", [], "Status", "up, down or disabled; down first", (host) => host.status), rank: ({ status }) => STATUS_RANKS[status] },
  { ...text("settings", ["config"], "Settings", "failed, pending or applied; failed first", (host) => host.config?.status ?? null), rank: outcomeRank },
  text("tag", ["tags"], "Tags", "its tags", (host) => (host.tags?.length ? host.tags.join(", ") : null)),
];

/** By name and alias. A Map, because people type names such as `constructor`. @type {ReadonlyMap<string, Field>} */
const BY_NAME = new Map(FIELDS.flatMap((one) => [one.name, ...one.aliases].map((name) => [name, one])));

/** @param {string} name or alias, in any case */
export function fieldNamed(name) {
  return BY_NAME.get(name.toLowerCase());
}

/**
 * What a field says of a host as it is now: what a disk has free stays so while the host is down, its CPU does not stay busy.
 * @param {Field} field
 * @param {HostView} host
 * @param {number} now
 */
export function presentValue({ of, passes }, host, now) {
  return passes && host.status !== "up" ? null : of(host, now);
}

/**
 * The same of a metric by its full name: the size of something stays, and what is on disks.
 * @param {string} name
 * @param {HostView} host
 */
export function presentMetric(name, { status, sample }) {
  const stays = DISK_METRICS.includes(name) || name.endsWith("_total_bytes");
  return status === "up" || stays ? sample?.metrics[name] : undefined;
}

/** Those that can be drawn as a colour or a course. */
export const NUMERIC_FIELDS = FIELDS.filter(({ unit }) => unit !== "text");

/** What `status:` may be followed by. */
export const STATUSES = /** @type {Status[]} */ (Object.keys(STATUS_WORDS).filter((status) => status !== "unapproved"));

/**
 * @param {string} name
 * @param {string[]} aliases
 * @param {string} label
 * @param {Unit} unit
 * @param {string} about
 * @param {Field["of"]} of
 * @param {string[]} [metrics]
 * @returns {Field}
 */
function field(name, aliases, label, unit, about, of, metrics) {
  return { name, aliases, label, unit, about, of, ...(metrics && { metrics }) };
}

/**
 * @param {Field} one
 * @returns {Field}
 */
function passing(one) {
  return { ...one, passes: true };
}

/**
 * @param {string} name
 * @param {string[]} aliases
 * @param {string} label
 * @param {string} about
 * @param {Field["of"]} of
 * @param {string[]} [metrics]
 */
function ratio(name, aliases, label, about, of, metrics) {
  return field(name, aliases, label, "ratio", about, of, metrics);
}

/**
 * @param {string} name
 * @param {string[]} aliases
 * @param {string} label
 * @param {string} about
 * @param {string[]} metrics
 */
function rate(name, aliases, label, about, metrics) {
  return field(name, aliases, label, "bytes per second", about, added(metrics), metrics);
}

/**
 * @param {string} name
 * @param {string[]} aliases
 * @param {string} label
 * @param {string} about
 * @param {Field["of"]} of
 */
function text(name, aliases, label, about, of) {
  return field(name, aliases, label, "text", about, of);
}

/** @param {string} name */
function metric(name) {
  return (/** @type {HostView} */ host) => number(host.sample?.metrics[name]);
}

/**
 * @param {string} usedName
 * @param {string} totalName
 * @returns {[Field["of"], string[]]}
 */
function shareOf(usedName, totalName) {
  const [used, total] = [metric(usedName), metric(totalName)];
  const of = (/** @type {HostView} */ host) => {
    const [part, whole] = [used(host), total(host)];
    return part === null || !whole ? null : Math.min(1, part / whole);
  };
  return [of, [usedName, totalName]];
}

/** @param {string[]} names of metrics with instances, all of which are added up */
function added(names) {
  return (/** @type {HostView} */ host) => {
    const known = names.map((name) => sum(host.sample?.metrics[name])).filter((value) => value !== null);
    return known.length ? known.reduce((total, value) => total + value) : null;
  };
}

/** @param {HostView} host */
function outcomeRank({ config }) {
  return config ? OUTCOMES.indexOf(config.status) : OUTCOMES.length;
}

/** @param {HostView} host */
function coresOf({ sample, facts }) {
  return instances(sample?.metrics.cpu_core_used_ratio).length || (facts?.cpu_count ?? null);
}
