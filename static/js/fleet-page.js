import { element } from "./dom.js";
import { EmptyView } from "./empty-view.js";
import { FleetOrder, isElsewhere } from "./fleet-order.js";
import { Hold } from "./hold.js";
import { countTags } from "./selection.js";
import { SummaryView } from "./summary-view.js";
import { ViewChoice } from "./view-choice.js";
import { ViewSwitch } from "./view-switch.js";
import { VIEWS } from "./views.js";

/** @import { Choice, ViewName } from "./choice.js" */
/** @import { FiltersView } from "./filters-view.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Services } from "./services.js" */
/** @import { View } from "./views.js" */

/** What is chosen of the order where there is none. */
const UNORDERED = { sort: "", descending: false, group: /** @type {const} */ ("") };

/** The hosts that the choice shows, in the view that was chosen. */
export class FleetPage {
  element = element("section", "fleet-page");
  /** The view in place of the one that was chosen, as long as there is no room for that. @type {ViewName | null} */
  standIn = null;

  #services;
  #filters;
  #summary;
  #viewTools = element("div", "view-tools");
  #place = element("div", "fleet-view");
  #empty;
  #switch;
  /** Made when they are first looked at. @type {Map<ViewName, View>} */
  #views = new Map();
  /** @type {View | null} */
  #view = null;
  /** What was last drawn; null: draw everything. @type {Choice | null} */
  #choice = null;
  #complete = false;
  #order = new FleetOrder();
  #hold = new Hold(this.#place);
  #seen;

  /**
   * @param {Services} services
   * @param {HTMLElement} tools where its controls go
   * @param {FiltersView} filters
   */
  constructor(services, tools, filters) {
    this.#services = services;
    this.#filters = filters;
    this.#summary = new SummaryView(services.format);
    this.#seen = new ViewChoice(services.choices, services.preferences);
    this.#switch = new ViewSwitch((view) => this.look(view));
    this.#empty = new EmptyView((choice) => services.choices.choose(choice), services.format, services.hostsUrl);
    tools.append(this.#summary.element, this.#viewTools, this.#switch.element);
    services.preferences.changed.listen(() => this.refresh());
    this.element.setAttribute("aria-label", "hosts");
    this.element.append(element("h1", "visually-hidden", "Hosts"), this.#place, this.#empty.element);
  }

  /** The view that was chosen, or that suits the fleet; another one may stand in for it. */
  get chosen() {
    return this.#seen.name;
  }

  /**
   * See the fleet this way, also the next time.
   * @param {ViewName} view
   * @returns {boolean} false: there is no such view
   */
  look(view) {
    if (!VIEWS.some(({ name }) => name === view)) return false;
    this.#seen.look(view);
    return true;
  }

  /** Whether hosts stand here as they are sorted and grouped. */
  get isOrdered() {
    return VIEWS.find(({ name }) => name === this.#viewName)?.isOrdered ?? true;
  }

  /** Another page was looked at meanwhile: draw everything at the next frame. */
  refresh() {
    this.#choice = null;
  }

  /**
   * Somebody comes back from this host.
   * @param {string} id
   */
  focus(id) {
    this.#view?.focus?.(id);
  }

  /**
   * To the first host that the choice shows, also when it was made this very moment.
   * @returns {boolean} false: there is none, or this view has none to go to
   */
  focusFirst() {
    const { store, platform, choices, marked } = this.#services;
    if (choices.current !== this.#choice) this.#arrange(store.hubTime(platform.now()), false);
    const [first] = marked.shown;
    if (first === undefined || !this.#view?.focus) return false;
    this.#view.focus(first);
    return true;
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    const { store, choices } = this.#services;
    if (store.complete) this.#seen.settle(store.size);
    const isNew = choices.current !== this.#choice || store.complete !== this.#complete || this.#viewNow() !== this.#view;
    if (isNew) return this.#arrange(now, false);
    const held = this.#hold.isOn;
    if (this.#isMoved(changes) || (this.#order.isDue(now) && !held)) this.#arrange(now, held);
    else this.#view?.draw(changes, now);
  }

  /**
   * Let the ages grow.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    this.#summary.hold(this.#hold.isOn && this.#order.isDue(now));
    this.#view?.tick(now);
  }

  /**
   * @param {number} now
   * @param {boolean} held nothing that stays may move
   */
  #arrange(now, held) {
    const { store, choices, marked } = this.#services;
    const choice = choices.current;
    this.#choice = choice;
    this.#complete = store.complete;
    const entries = store.entries();
    this.#order.arrange(entries, this.isOrdered ? choice : { ...choice, ...UNORDERED }, now, held);
    marked.shown = [...new Set(this.#order.shown.groups.flatMap((group) => group.entries.map(({ id }) => id)))];
    this.#show(now, choice);
    this.#tell(entries, now);
  }

  /**
   * @param {number} now
   * @param {Choice} choice
   */
  #show(now, choice) {
    const view = (this.#view = this.#viewNow());
    if (view.element.parentElement !== this.#place) {
      this.#place.replaceChildren(view.element);
      this.#viewTools.replaceChildren(...(view.tools ? [view.tools] : []));
    }
    this.#switch.show(this.#viewName);
    view.element.hidden = !this.#order.shown.count;
    view.arrange(this.#order.shown, choice, now);
  }

  /**
   * @param {import("./store.js").Entry[]} entries
   * @param {number} now
   */
  #tell(entries, now) {
    const { count } = this.#order.shown;
    const counts = this.#services.store.counts();
    const { status } = this.#services.choices.current;
    this.#summary.show(count, status === "all" ? counts.up + counts.down : counts[status]);
    const tags = countTags(entries);
    this.#filters.show(tags, this.isOrdered);
    this.#empty.element.hidden = count > 0;
    if (!count) this.#tellWhy(entries, tags, now);
  }

  /**
   * @param {import("./store.js").Entry[]} entries
   * @param {Map<string, number>} tags
   * @param {number} now
   */
  #tellWhy(entries, tags, now) {
    const { store, choices } = this.#services;
    const counts = store.counts();
    const { namesStatus, search } = this.#order;
    const choice = { ...choices.current, search };
    const matching = this.#order.matching(entries, choice, now);
    const present = { counts, matching, waiting: counts.unapproved, tags, namesStatus, unreported: this.#order.unreported(entries) };
    this.#empty.show(store.complete, present, choice);
  }

  /**
   * Whether a host may have moved within the order, into it or out of it, and not by its metrics.
   * @param {Map<string, HostView | undefined>} changes
   */
  #isMoved(changes) {
    for (const [id, before] of changes) if (isElsewhere(before, this.#services.store.get(id))) return true;
    return false;
  }

  /** @returns {View} */
  #viewNow() {
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
    return this.standIn ?? this.#seen.name;
  }
}
