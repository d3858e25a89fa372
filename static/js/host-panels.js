import { ChartsPanel } from "./charts-panel.js";
import { disksPanel } from "./disk-table.js";
import { FactsPanel } from "./facts-view.js";
import { interfacesPanel } from "./interface-table.js";
import { ProcessesPanel } from "./processes-view.js";

/** @import { ChartGroup } from "./chart-group.js" */
/** @import { LiveColumns } from "./live-columns.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Services } from "./services.js" */

/** @typedef {{services: Services, live: LiveColumns, group: ChartGroup}} HostContext what every panel is given */

/**
 * A part of a host's page.
 * @typedef {object} Panel
 * @property {HTMLElement} element
 * @property {(id: string) => void} open
 * @property {() => void} close
 * @property {(host: HostView, now: number) => void} draw once a frame, when something changed
 * @property {(hidden: boolean) => void} [setHidden] nobody can see the page, or somebody can again
 */

/** The table of panels: a new one is a line here. @type {readonly {name: string, make: (context: HostContext) => Panel}[]} */
export const PANELS = [
  { name: "charts", make: (context) => new ChartsPanel(context) },
  { name: "disks", make: (context) => disksPanel(context) },
  { name: "interfaces", make: (context) => interfacesPanel(context) },
  { name: "facts", make: (context) => new FactsPanel(context) },
  { name: "processes", make: (context) => new ProcessesPanel(context) },
];
