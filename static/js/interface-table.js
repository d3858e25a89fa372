import { InstancePanel, nameOf, numbers, valueAt } from "./instance-panel.js";
import { SortableTable } from "./sortable-table.js";

/** @import { HostContext } from "./host-panels.js" */

const TRAFFIC = ["network_received_bytes_per_second", "network_sent_bytes_per_second"];

/**
 * What goes through each network interface.
 * @param {HostContext} context
 */
export function interfacesPanel({ services: { format } }) {
  const table = new SortableTable(
    "network interfaces",
    [
      { name: "name", label: "Interface", of: nameOf, text: nameOf, isName: true },
      { name: "received", label: "Received", ...numbers(valueAt(0), format.rate) },
      { name: "sent", label: "Sent", ...numbers(valueAt(1), format.rate) },
    ],
    nameOf,
  );
  return new InstancePanel("interfaces", "Interfaces", [{ metrics: TRAFFIC, table }]);
}
