import { AddHostDialog } from "./add-host.js";
import { byId } from "./dom.js";
import { HelpSheet } from "./help-sheet.js";
import { iconButton } from "./icons.js";
import { connectKeys } from "./keyboard.js";
import { Theme } from "./theme.js";
import { ThemeButton } from "./theme-button.js";
import { Wall } from "./wall.js";

/** @import { FiltersView } from "./filters-view.js" */
/** @import { FleetPage } from "./fleet-page.js" */
/** @import { HostPage } from "./host-page.js" */
/** @import { Services } from "./services.js" */

/** What the page offers besides its hosts: how to add one, colours, the wall screen, keys and their sheet. */
export class PageTools {
  #wall;

  /**
   * @param {Services} services
   * @param {{fleet: FleetPage, host: HostPage, filters: FiltersView}} pages
   */
  constructor(services, { fleet, host, filters }) {
    const wall = (this.#wall = new Wall(services, fleet));
    const adding = new AddHostDialog(document.body, services.hostsUrl);
    const isOperator = services.role === "operator";
    const help = new HelpSheet(document.body, isOperator, services.preferences);
    const theme = new ThemeButton(new Theme());
    byId("tools").append(
      ...(isOperator ? [iconButton("add", "Add a host", "a", () => adding.open())] : []),
      theme.element,
      iconButton("wall", "Wall screen", "w", () => wall.enter()),
      iconButton("help", "Keys", "?", () => help.open()),
    );
    connectKeys(services, {
      look: (view) => fleet.look(view),
      isOrdered: () => fleet.isOrdered,
      first: () => fleet.focusFirst(),
      search: () => filters.focus(),
      add: () => adding.open(),
      theme: () => theme.press(),
      help: () => help.open(),
      host,
      wall,
    });
  }

  /** @param {number} now the hub's clock, in seconds */
  draw(now) {
    this.#wall.draw(now);
  }
}
