import * as measured from "./metric-cells.js";
import { fullestDisk, groups, hottest, sum } from "./metrics.js";
import * as cells from "./table-cells.js";

/** @import { HostView } from "./protocol.js" */
/** @import { Services } from "./services.js" */
/** @import { Cell } from "./table-cells.js" */

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} label
 * @property {string} field by which it sorts
 * @property {number} width at least, in rem
 * @property {number} share of the width that is left over
 * @property {(services: Services) => Cell} cell
 * @property {boolean} [isNumber] stands at the right edge
 * @property {boolean} [isName] what a row is called; always there
 * @property {(host: HostView) => boolean} [has] a column that no host has anything for is left out
 */

/** THE table of columns: a new one is a line here, and its cell. What moves comes first: a phone shows no more than that. @type {readonly Column[]} */
export const COLUMNS = [
  { id: "status", label: "Status", field: "status", width: 7, share: 1, cell: cells.statusCell },
  { id: "name", label: "Name", field: "name", width: 7.75, share: 2, cell: cells.nameCell, isName: true },
  { id: "cpu", label: "CPU", field: "cpu", width: 7, share: 1, cell: measured.cpuCell, has: ({ sample }) => groups(sample).cpu !== null },
  { id: "memory", label: "Memory", field: "memory", width: 7, share: 1, cell: measured.memoryCell, has: ({ sample }) => groups(sample).memory !== null },
  { id: "disk", label: "Fullest disk", field: "disk", width: 6, share: 1, cell: measured.diskCell, has: ({ sample }) => fullestDisk(sample) !== null },
  { id: "network", label: "Network", field: "net", width: 9, share: 1, cell: measured.networkCell, has: has("network_received_bytes_per_second") },
  { id: "load", label: "Load", field: "load", width: 3.25, share: 0, cell: measured.loadCell, isNumber: true, has: has("load_1m") },
  { id: "uptime", label: "Uptime", field: "uptime", width: 5.5, share: 0, cell: measured.uptimeCell, isNumber: true, has: has("uptime_seconds") },
  { id: "temperature", label: "Temp.", field: "temp", width: 3.25, share: 0, cell: measured.temperatureCell, isNumber: true, has: ({ sample }) => hottest(sample) !== null },
  { id: "tags", label: "Tags", field: "tag", width: 6, share: 1, cell: cells.tagsCell, has: ({ tags }) => Boolean(tags?.length) },
  { id: "system", label: "Address, system", field: "address", width: 7.5, share: 1, cell: cells.systemCell },
  { id: "age", label: "Sample", field: "age", width: 5, share: 0, cell: cells.ageCell, isNumber: true },
  { id: "settings", label: "Settings", field: "settings", width: 7, share: 1, cell: cells.settingsCell },
];

/**
 * Those that somebody wants to see and some host has something for.
 * @param {readonly string[]} unwanted ids
 * @param {Iterable<HostView>} hosts
 */
export function columnsFor(unwanted, hosts) {
  const all = [...hosts];
  return COLUMNS.filter(({ id, isName, has }) => isName || (!unwanted.includes(id) && (!has || all.some(has))));
}

/** @param {string} metric */
function has(metric) {
  return (/** @type {HostView} */ { sample }) => sum(sample?.metrics[metric]) !== null;
}
