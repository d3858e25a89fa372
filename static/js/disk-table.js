import { InstancePanel, nameOf, numbers, valueAt } from "./instance-panel.js";
import { SortableTable } from "./sortable-table.js";

/** @import { HostContext } from "./host-panels.js" */
/** @import { InstanceRow } from "./instance-panel.js" */

const SPACE = ["disk_total_bytes", "disk_used_bytes", "disk_available_bytes"];
const TRAFFIC = ["disk_read_bytes_per_second", "disk_written_bytes_per_second", "disk_busy_ratio"];

/**
 * What is stored on each disk, and what goes to and from each device.
 * @param {HostContext} context
 */
export function disksPanel({ services: { format } }) {
  const used = (/** @type {InstanceRow} */ { values: [total, used] }) => (total && used !== null && used !== undefined ? used / total : null);
  const space = new SortableTable(
    "disk space",
    [
      { name: "name", label: "Disk", of: nameOf, text: nameOf, isName: true },
      { name: "ratio", label: "Used", ...numbers(used, format.percent), ratio: (row) => used(row) ?? 0 },
      { name: "free", label: "Free", ...numbers(valueAt(2), format.exactBytes) },
      { name: "total", label: "Size", ...numbers(valueAt(0), format.exactBytes) },
    ],
    nameOf,
  );
  const traffic = new SortableTable(
    "disk traffic",
    [
      { name: "name", label: "Device", of: nameOf, text: nameOf, isName: true },
      { name: "busy", label: "Busy", ...numbers(valueAt(2), format.percent), ratio: (row) => valueAt(2)(row) ?? 0 },
      { name: "read", label: "Read", ...numbers(valueAt(0), format.rate) },
      { name: "written", label: "Written", ...numbers(valueAt(1), format.rate) },
    ],
    nameOf,
  );
  const panel = new InstancePanel("disks", "Disks", [
    { metrics: SPACE, table: space },
    { metrics: TRAFFIC, table: traffic },
  ]);
  panel.element.dataset.family = "disk";
  return panel;
}
