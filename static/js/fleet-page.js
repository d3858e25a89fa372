import { element } from "./dom.js";
import { EmptyView } from "./empty-view.js";
import { compile, unreported } from "./expression.js";
import { fieldNamed } from "./fields.js";
import { countTags, keepOrder, select } from "./selection.js";
import { SummaryView } from "./summary-view.js";
import { ViewSwitch } from "./view-switch.js";
import { VIEWS } from "./views.js";

/** @import { Choice, ViewName } from "./choice.js" */
/** @import { Expression } from "./expression.js" */
/** @import { FiltersView } from "./filters-view.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Services } from "./services.js" */
/** @import { View } from "./views.js" */

/** Values that change all the time move hosts no more often than this. */
const REORDER_S = 2;
/** With more hosts than this the table is what one sees first. */
const MOST_CARDS = 24;

/** The hosts that the choice shows, in the view that was chosen. */
export class FleetPage {
  element = element("section", "fleet-page");

  #services;
  #filters;
  #summary = new SummaryView();
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
  #expression = compile("");
  #complete = false;
  /** @type {Shown} */
  #shown = { groups: [], count: 0 };
  #arrangedAt = 0;
  #isPointed = false;
  /** The view of a fleet of this size, until somebody chooses one. @type {ViewName | ""} */
  #usual = "";

  /**
   * @param {Services} services
   * @param {HTMLElement} tools where its controls go
   * @param {FiltersView} filters
   */
  constructor(services, tools, filters) {
    this.#services = services;
    this.#filters = filters;
    this.#switch = new ViewSwitch((view) => this.look(view));
    this.#empty = new EmptyView((choice) => services.choices.choose(choice), services.hostsUrl && addUrl(services.hostsUrl));
    tools.append(this.#summary.element, this.#viewTools, this.#switch.element);
    services.preferences.changed.listen(() => this.refresh());
    this.element.setAttribute("aria-label", "hosts");
    this.element.append(this.#place, this.#empty.element);
    this.#place.addEventListener("pointerover", (event) => (this.#isPointed = event.pointerType === "mouse" && isOnHost(event.target)));
    this.#place.addEventListener("pointerleave", () => (this.#isPointed = false));
  }

  /**
   * See the fleet this way, also the next time.
   * @param {ViewName} view
   * @returns {boolean} false: there is no such view
   */
  look(view) {
    if (!VIEWS.some(({ name }) => name === view)) return false;
    this.#services.preferences.set("view", view);
    this.#services.choices.choose({ view });
    return true;
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
    const isNew = choices.current !== this.#choice || store.complete !== this.#complete || this.#viewNow() !== this.#view;
    if (isNew) return this.#arrange(now, false);
    const held = this.#isHeld;
    if (this.#isMoved(changes) || (this.#isDue(now) && !held)) this.#arrange(now, held);
    else this.#view?.draw(changes, now);
  }

  /**
   * Let the ages grow.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    this.#summary.hold(this.#isHeld && this.#isDue(now));
    this.#view?.tick(now);
  }

  /**
   * @param {number} now
   * @param {boolean} held nothing that stays may move
   */
  #arrange(now, held) {
    const { store, choices, marked } = this.#services;
    const choice = choices.current;
    this.#expression = usable(choice.search) ?? this.#expression;
    this.#choice = choice;
    this.#complete = store.complete;
    this.#arrangedAt = now;
    const entries = store.entries();
    const shown = select(entries, choice, this.#expression, now);
    this.#shown = held ? keepOrder(this.#shown, shown) : shown;
    marked.shown = [...new Set(this.#shown.groups.flatMap((group) => group.entries.map(({ id }) => id)))];
    this.#show(now, choice);
    this.#tell(entries);
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
    view.element.hidden = !this.#shown.count;
    view.arrange(this.#shown, choice, now);
  }

  /** @param {import("./store.js").Entry[]} entries */
  #tell(entries) {
    const { count } = this.#shown;
    const { unapproved: waiting, disabled } = this.#services.store.counts();
    const hosts = entries.length - waiting;
    this.#summary.show(count, hosts);
    this.#filters.show(countTags(entries));
    this.#empty.element.hidden = count > 0;
    const present = { hosts, disabled, waiting, unreported: count ? [] : unreported(this.#expression, entries) };
    this.#empty.show(this.#services.store.complete, present, this.#services.choices.current);
  }

  /**
   * Whether a host may have moved within the order, into it or out of it, and not by its metrics.
   * @param {Map<string, HostView | undefined>} changes
   */
  #isMoved(changes) {
    for (const [id, before] of changes) if (isElsewhere(before, this.#services.store.get(id))) return true;
    return false;
  }

  /**
   * Whether metrics may have moved hosts.
   * @param {number} now
   */
  #isDue(now) {
    const sort = fieldNamed(this.#choice?.sort ?? "");
    const isLive = this.#expression.isLive || (sort !== undefined && sort.unit !== "text");
    return isLive && Math.abs(now - this.#arrangedAt) >= REORDER_S;
  }

  /** Somebody is about to click, or reads with the keyboard: what is there stays where it is. */
  get #isHeld() {
    return this.#isPointed || (this.#place.contains(document.activeElement) && isOnHost(document.activeElement));
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
    const { choices, preferences, store } = this.#services;
    if (!this.#usual && store.complete) this.#usual = store.size > MOST_CARDS ? "table" : "cards";
    const wanted = choices.current.view || preferences.get("view", this.#usual);
    return VIEWS.find(({ name }) => name === wanted)?.name ?? "cards";
  }
}

/**
 * @param {string} search
 * @returns {Expression | null} null: it is wrong, or not yet finished; the search field says so
 */
function usable(search) {
  try {
    return compile(search);
  } catch {
    return null;
  }
}

/** @param {EventTarget | null} target */
function isOnHost(target) {
  return target instanceof Element && target.closest("[data-host]") !== null;
}

/**
 * @param {HostView | undefined} before
 * @param {HostView | undefined} after
 */
function isElsewhere(before, after) {
  if (!before || !after) return before !== after;
  const { name, status, address, tags, facts, config } = after;
  if (before.name !== name || before.status !== status || before.config?.status !== config?.status) return true;
  return before.address !== address || before.tags !== tags || before.facts !== facts;
}

/** @param {string} hostsUrl the admin's list of hosts */
function addUrl(hostsUrl) {
  return hostsUrl.replace(/host\/$/, "enrolmentcode/add/");
}
