import { failuresOf, groups, otherFailures } from "./metrics.js";

/** @import { Formatter } from "./format.js" */
/** @import { Cpu, Disk, Failure, Network, Space } from "./metrics.js" */
/** @import { HostSample } from "./protocol.js" */
/** @import { SparklineKind } from "./sparkline.js" */

/** What a card says of a sample, row by row, before it is drawn. */

/** @typedef {"cores" | "meter" | "rates" | "text" | "failed" | "more"} RowKind */

/**
 * @typedef {object} Row
 * @property {string} key unique within a card, the same from sample to sample
 * @property {RowKind} kind
 * @property {string} label
 * @property {string} value
 * @property {string} [second] value beside the first one
 * @property {number} [ratio]
 * @property {number[]} [ratios] of each core
 * @property {SparklineKind} [trend] whose last minutes stand beside it
 * @property {string} [words] the whole row for those who do not see it
 */

const MOST_DISKS = 5;
const MOST_NETWORKS = 3;

/**
 * A family of metrics: what it is called, and its rows, behind which stands what could not be collected of it.
 * @typedef {object} Family
 * @property {string} name as collectors call it
 * @property {string} label
 * @property {(known: ReturnType<typeof groups>, format: Formatter, expanded: boolean) => Row[]} rows
 */

/** In the order of their rows. @type {readonly Family[]} */
const FAMILIES = [
  { name: "cpu", label: "CPU", rows: ({ cpu }, format) => (cpu ? [cpuRow(cpu, format)] : []) },
  { name: "memory", label: "Memory", rows: ({ memory }, format) => (memory ? [memoryRow(memory, format)] : []) },
  { name: "swap", label: "Swap", rows: ({ swap }, format) => (swap ? [spaceRow("swap", "Swap", swap, format)] : []) },
  { name: "disk", label: "Disk", rows: diskRows },
  { name: "disk_io", label: "Disk I/O", rows: () => [] },
  { name: "network", label: "Network", rows: networkRows },
  { name: "load", label: "Load", rows: ({ load }, format) => (load.length ? [loadRow(load, format)] : []) },
  { name: "uptime", label: "Uptime", rows: () => [] },
  { name: "temperature", label: "Heat", rows: () => [] },
];
const NAMES = FAMILIES.map(({ name }) => name);
const LABELS = new Map(FAMILIES.map(({ name, label }) => [name, label]));

/**
 * @param {HostSample | null | undefined} sample
 * @param {Formatter} format
 * @param {boolean} expanded show also what would make the card long
 * @returns {Row[]}
 */
export function cardRows(sample, format, expanded) {
  const known = groups(sample);
  const failed = (/** @type {string} */ family) => failuresOf(sample, family).map(failedRow);
  const rows = FAMILIES.flatMap((family) => [...family.rows(known, format, expanded), ...failed(family.name)]);
  return [...rows, ...otherFailures(sample, NAMES).map(failedRow)];
}

/**
 * @param {Cpu} cpu
 * @param {Formatter} format
 * @returns {Row}
 */
function cpuRow({ total, cores }, format) {
  const value = format.percent(total ?? 0);
  /** @type {Pick<Row, "key" | "label" | "value" | "ratio" | "trend">} */
  const row = { key: "cpu", label: "CPU", value, ratio: total ?? 0, trend: "cpu" };
  if (!cores.length) return { ...row, kind: "meter", words: value };
  const busiest = format.percent(Math.max(...cores));
  return { ...row, kind: "cores", ratios: cores, words: `CPU ${value}, ${format.counted(cores.length, "core")}, the busiest ${busiest}` };
}

/**
 * @param {Space} memory
 * @param {Formatter} format
 * @returns {Row}
 */
function memoryRow(memory, format) {
  return { ...spaceRow("memory", "Memory", memory, format), trend: "memory" };
}

/**
 * @param {Disk} disk
 * @param {Formatter} format
 */
function diskRow(disk, format) {
  return spaceRow(`disk:${disk.name}`, disk.name, disk, format);
}

/**
 * @param {string} key
 * @param {string} label
 * @param {Space} space
 * @param {Formatter} format
 * @returns {Row}
 */
function spaceRow(key, label, { used, total }, format) {
  const ratio = total > 0 ? Math.min(1, used / total) : 0;
  const value = format.usedOfTotal(used, total);
  return { key, kind: "meter", label, value, ratio, words: `${format.percent(ratio)}, ${value}` };
}

/** @type {Family["rows"]} */
function diskRows({ disks }, format, expanded) {
  return shortened(disks.map((disk) => diskRow(disk, format)), MOST_DISKS, "disk", expanded, format);
}

/** @type {Family["rows"]} */
function networkRows({ networks }, format, expanded) {
  return shortened(networks.map((network, index) => networkRow(network, index === 0, format)), MOST_NETWORKS, "network", expanded, format);
}

/**
 * @param {Network} network
 * @param {boolean} isFirst the trend beside it is that of all interfaces
 * @param {Formatter} format
 * @returns {Row}
 */
function networkRow({ name, received, sent }, isFirst, format) {
  const row = { key: `network:${name}`, label: name, value: format.rate(received), second: format.rate(sent) };
  return { ...row, kind: "rates", ...(isFirst ? { trend: "network" } : {}) };
}

/**
 * @param {number[]} load
 * @param {Formatter} format
 * @returns {Row}
 */
function loadRow(load, format) {
  return { key: "load", kind: "text", label: "Load", value: load.map(format.load).join("  "), words: "over 1, 5 and 15 minutes" };
}

/**
 * @param {Failure} failure
 * @returns {Row}
 */
function failedRow({ name, reason }) {
  const instance = /^[^[]+\[(.*)\]$/s.exec(name)?.[1];
  return { key: `failed:${name}`, kind: "failed", label: instance ?? LABELS.get(name) ?? name, value: reason };
}

/**
 * @param {Row[]} rows
 * @param {number} most
 * @param {string} family
 * @param {boolean} expanded
 * @param {Formatter} format
 * @returns {Row[]}
 */
function shortened(rows, most, family, expanded, format) {
  // a button in place of a single row would save nothing
  if (rows.length <= most + 1) return rows;
  const label = LABELS.get(family) ?? family;
  const value = expanded ? "show fewer" : `${format.number(rows.length - most)} more`;
  return [...(expanded ? rows : rows.slice(0, most)), { key: `more:${family}`, kind: "more", label, value }];
}
