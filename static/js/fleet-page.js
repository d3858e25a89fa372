import { element } from "./dom.js";
import { EmptyView } from "./empty-view.js";
import { select } from "./selection.js";
import { ViewSwitch } from "./view-switch.js";
import { VIEWS } from "./views.js";

/** @import { Choice, ViewName } from "./choice.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Services } from "./services.js" */
/** @import { View } from "./views.js" */

/** The hosts that the choice shows, in the view that was chosen. */
export class FleetPage {
  element = element("section", "fleet-page");

  #services;
  #place = element("div", "fleet-view");
  #empty = new EmptyView();
  #switch;
  /** Made when they are first looked at. @type {Map<ViewName, View>} */
  #views = new Map();
  /** @type {Choice | null} */
  #choice = null;
  #complete = false;

  /**
   * @param {Services} services
   * @param {HTMLElement} tools where its controls go
   */
  constructor(services, tools) {
    this.#services = services;
    this.#switch = new ViewSwitch((view) => this.#onView(view));
    tools.append(this.#switch.element);
    this.element.setAttribute("aria-label", "hosts");
    this.element.append(this.#place, this.#empty.element);
  }

  /** Another page was looked at meanwhile: draw everything at the next frame. */
  refresh() {
    this.#choice = null;
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    const { store, choices } = this.#services;
    const isStale = choices.current !== this.#choice || store.complete !== this.#complete;
    if (isStale || [...changes].some(([id, before]) => isElsewhere(before, store.get(id)))) this.#arrange(now);
    else this.#view.draw(changes, now);
  }

  /**
   * Let the ages grow.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    this.#view.tick(now);
  }

  /** @param {number} now */
  #arrange(now) {
    const { store, choices, marked } = this.#services;
    this.#choice = choices.current;
    this.#complete = store.complete;
    const entries = store.entries();
    const shown = select(entries, this.#choice);
    marked.shown = [...new Set(shown.groups.flatMap((group) => group.entries.map(({ id }) => id)))];
    const view = this.#view;
    if (view.element.parentElement !== this.#place) this.#place.replaceChildren(view.element);
    this.#switch.show(this.#viewName);
    view.arrange(shown, this.#choice, now);
    view.element.hidden = !shown.count;
    this.#empty.element.hidden = shown.count > 0;
    this.#empty.show(store.complete, entries.filter(({ host }) => host.status !== "unapproved").length);
  }

  get #view() {
    const name = this.#viewName;
    const known = this.#views.get(name);
    if (known) return known;
    const made = (VIEWS.find((view) => view.name === name) ?? VIEWS[0])?.make(this.#services);
    if (!made) throw new Error("there is no view");
    this.#views.set(name, made);
    return made;
  }

  /** @returns {ViewName} */
  get #viewName() {
    const { choices, preferences } = this.#services;
    const wanted = choices.current.view || preferences.get("view", "cards");
    return VIEWS.find(({ name }) => name === wanted)?.name ?? "cards";
  }

  /** @param {ViewName} view */
  #onView(view) {
    this.#services.preferences.set("view", view);
    this.#services.choices.choose({ view });
  }
}

/**
 * Whether a change may move a host within the order, into it or out of it.
 * @param {HostView | undefined} before
 * @param {HostView | undefined} after
 */
function isElsewhere(before, after) {
  if (!before || !after) return before !== after;
  return before.name !== after.name || before.status !== after.status || before.address !== after.address || before.tags !== after.tags;
}
