import { CardsView } from "./cards-view.js";
import { HeatView } from "./heat-view.js";
import { OverlayView } from "./overlay-view.js";
import { TableView } from "./table-view.js";
import { VIEW_TABLE } from "./view-table.js";

/** @import { Choice, ViewName } from "./choice.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Services } from "./services.js" */

/**
 * One way to see the fleet. Only the one that is looked at is drawn.
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {HTMLElement} [tools] its own controls, which stand beside those of all views
 * @property {(shown: Shown, choice: Choice, now: number) => void} arrange these hosts, in this order, as they are now
 * @property {(changes: Map<string, HostView | undefined>, now: number) => void} draw what each changed host was before
 * @property {(id: string) => void} [focus] go to this host, if it is there
 * @property {(now: number) => void} tick a second has passed: let the ages grow
 */

/** @type {Record<ViewName, (services: Services) => View>} */
const MAKERS = {
  table: (services) => new TableView(services),
  cards: (services) => new CardsView(services),
  heat: (services) => new HeatView(services),
  overlay: (services) => new OverlayView(services),
};

/** The table of views, with what makes them. */
export const VIEWS = VIEW_TABLE.map((view) => ({ ...view, make: MAKERS[view.name] }));
