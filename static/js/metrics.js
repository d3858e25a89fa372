/** @import { HostSample, MetricValue } from "./protocol.js" */

/** A sample's metrics in the groups a card shows. A group is null or empty when the sample has nothing of it. */

/** @typedef {{total: number | null, cores: number[]}} Cpu ratios */
/** @typedef {{used: number, total: number}} Space in bytes */
/** @typedef {{name: string, used: number, total: number}} Disk in bytes */
/** @typedef {{name: string, received: number, sent: number}} Network in bytes per second */
/** @typedef {{name: string, reason: string}} Failure */
/**
 * @typedef {object} Groups
 * @property {Cpu | null} cpu
 * @property {Space | null} memory
 * @property {Space | null} swap null of a host that has none
 * @property {Disk[]} disks
 * @property {Network[]} networks
 * @property {number[]} load
 */

const LOADS = ["load_1m", "load_5m", "load_15m"];
const naturally = new Intl.Collator(undefined, { numeric: true });

/** @type {Groups} */
const NOTHING = { cpu: null, memory: null, swap: null, disks: [], networks: [], load: [] };
/** Samples are immutable, and several cells of a row ask for the same one's. @type {WeakMap<HostSample, Groups>} */
const known = new WeakMap();

/**
 * @param {HostSample | null | undefined} sample
 * @returns {Groups}
 */
export function groups(sample) {
  if (!sample) return NOTHING;
  const made = known.get(sample) ?? grouped(sample);
  known.set(sample, made);
  return made;
}

/**
 * @param {HostSample} sample
 * @returns {Groups}
 */
function grouped({ metrics }) {
  return {
    cpu: cpu(metrics),
    memory: space(metrics.memory_used_bytes, metrics.memory_total_bytes),
    swap: number(metrics.swap_total_bytes) ? space(metrics.swap_used_bytes, metrics.swap_total_bytes) : null,
    disks: disks(metrics),
    networks: networks(metrics),
    load: load(metrics),
  };
}

/**
 * What the collectors of one family could not read: `disk` itself or `disk[/mnt/x]`.
 * @param {HostSample | null | undefined} sample
 * @param {string} family
 * @returns {Failure[]}
 */
export function failuresOf(sample, family) {
  return failures(sample).filter((failure) => familyOf(failure.name) === family);
}

/**
 * Failures of families that no card row belongs to.
 * @param {HostSample | null | undefined} sample
 * @param {readonly string[]} families
 */
export function otherFailures(sample, families) {
  return failures(sample).filter((failure) => !families.includes(familyOf(failure.name)));
}

/**
 * All that could not be collected.
 * @param {HostSample | null | undefined} sample
 * @returns {Failure[]}
 */
export function failures(sample) {
  return Object.entries(sample?.failed ?? {})
    .map(([name, reason]) => ({ name, reason: String(reason) }))
    .sort((a, b) => naturally.compare(a.name, b.name));
}

/**
 * One row for each instance of these metrics, with a value of each; null where there is none.
 * @param {HostSample | null | undefined} sample
 * @param {readonly string[]} names
 */
export function instanceRows(sample, names) {
  const columns = names.map((name) => new Map(instances(sample?.metrics[name])));
  const found = new Set(columns.flatMap((column) => [...column.keys()]));
  return [...found].sort(naturally.compare).map((name) => ({ name, values: columns.map((column) => column.get(name) ?? null) }));
}

/** @param {string} name */
function familyOf(name) {
  return name.split("[", 1)[0] ?? name;
}

/** @typedef {Record<string, MetricValue>} Metrics */

/** @param {Metrics} metrics */
function cpu(metrics) {
  const total = number(metrics.cpu_used_ratio);
  const cores = instances(metrics.cpu_core_used_ratio).map(([, ratio]) => ratio);
  return total === null && !cores.length ? null : { total: total ?? mean(cores), cores };
}

/**
 * @param {MetricValue | undefined} usedBytes
 * @param {MetricValue | undefined} totalBytes
 */
function space(usedBytes, totalBytes) {
  const total = number(totalBytes);
  const used = number(usedBytes);
  return total === null || used === null ? null : { used, total };
}

/** @param {Metrics} metrics */
function disks(metrics) {
  const used = new Map(instances(metrics.disk_used_bytes));
  return instances(metrics.disk_total_bytes).map(([name, total]) => ({ name, total, used: used.get(name) ?? 0 }));
}

/** @param {Metrics} metrics */
function networks(metrics) {
  const sent = new Map(instances(metrics.network_sent_bytes_per_second));
  const received = instances(metrics.network_received_bytes_per_second);
  return received.map(([name, value]) => ({ name, received: value, sent: sent.get(name) ?? 0 }));
}

/** @param {Metrics} metrics */
function load(metrics) {
  return LOADS.map((name) => number(metrics[name])).filter((value) => value !== null);
}

/**
 * The disk with the largest used share.
 * @param {HostSample | null | undefined} sample
 * @returns {{name: string, ratio: number, used: number, total: number, free: number} | null}
 */
export function fullestDisk(sample) {
  const { disk_total_bytes: totals, disk_used_bytes: useds, disk_available_bytes: frees } = sample?.metrics ?? {};
  if (typeof totals !== "object" || typeof useds !== "object") return null;
  let fullest = null;
  for (const [name, total] of Object.entries(totals)) {
    const used = useds[name] ?? 0;
    const ratio = total > 0 ? Math.min(1, used / total) : 0;
    if (fullest && ratio <= fullest.ratio) continue;
    fullest = { name, ratio, used, total, free: (typeof frees === "object" ? frees[name] : undefined) ?? Math.max(0, total - used) };
  }
  return fullest;
}

/**
 * The sensor with the highest temperature.
 * @param {HostSample | null | undefined} sample
 * @returns {{name: string, value: number} | null} in degrees Celsius
 */
export function hottest(sample) {
  const sensors = sample?.metrics.temperature_celsius;
  if (typeof sensors !== "object") return null;
  return Object.entries(sensors).reduce(
    (/** @type {{name: string, value: number} | null} */ most, [name, value]) => (most && most.value >= value ? most : { name, value }),
    null,
  );
}

/**
 * All instances together; null without any.
 * @param {MetricValue | undefined} value
 */
export function sum(value) {
  if (typeof value === "number") return value;
  let total = null;
  for (const one of Object.values(value ?? {})) total = (total ?? 0) + one;
  return total;
}

/**
 * @param {MetricValue | undefined} value
 * @returns {[string, number][]} ordered by name
 */
export function instances(value) {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).sort(([a], [b]) => naturally.compare(a, b));
}

/** @param {MetricValue | undefined} value */
export function number(value) {
  return typeof value === "number" ? value : null;
}

/** @param {number[]} values not empty */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
