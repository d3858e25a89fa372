import { arrange, element } from "./dom.js";
import { EmptyView } from "./empty-view.js";
import { HostCard } from "./host-card.js";
import { Roving } from "./roving.js";
import { select } from "./selection.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Choice } from "./selection.js" */
/** @import { FleetStore } from "./store.js" */

/** The cards of the hosts that the choice shows, ordered by name. */
export class FleetView {
  #store;
  #format;
  #hostsUrl;
  #list = element("ul", "fleet-grid");
  #empty = new EmptyView();
  #roving = new Roving(this.#list);
  /** Also of hosts that the choice leaves out: making cards takes longer than keeping them. @type {Map<string, HostCard>} */
  #cards = new Map();
  /** @type {Set<string>} */
  #shown = new Set();
  /** @type {Choice | null} */
  #choice = null;
  #complete = false;

  /**
   * @param {HTMLElement} place
   * @param {FleetStore} store
   * @param {Formatter} format
   * @param {string | null} hostsUrl the admin's host list, for those who may use it
   */
  constructor(place, store, format, hostsUrl) {
    this.#store = store;
    this.#format = format;
    this.#hostsUrl = hostsUrl;
    this.#list.setAttribute("role", "list");
    this.#list.setAttribute("aria-label", "hosts");
    place.append(this.#list, this.#empty.element);
  }

  /**
   * @param {Choice} choice
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(choice, changes, now) {
    const stale = choice !== this.#choice || this.#complete !== this.#store.complete;
    this.#choice = choice;
    this.#complete = this.#store.complete;
    for (const id of changes.keys()) this.#onChange(id, now);
    if (stale || [...changes].some(([id, before]) => isElsewhere(before, this.#store.get(id)))) this.#select(choice, now);
  }

  /**
   * Let the ages grow.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    for (const id of this.#shown) this.#cards.get(id)?.tick(now);
  }

  /**
   * @param {string} id
   * @param {number} now
   */
  #onChange(id, now) {
    const host = this.#store.get(id);
    if (!host) this.#cards.delete(id);
    else if (this.#shown.has(id)) this.#cards.get(id)?.show(host, now);
  }

  /**
   * @param {Choice} choice
   * @param {number} now
   */
  #select(choice, now) {
    const entries = this.#store.entries();
    const selected = select(entries, choice);
    arrange(this.#list, selected.map(({ id, host }) => this.#card(id, host, now).element));
    this.#shown = new Set(selected.map(({ id }) => id));
    this.#roving.refresh();
    this.#empty.element.hidden = selected.length > 0;
    this.#empty.show(this.#store.complete, entries.filter(({ host }) => host.status !== "unapproved").length);
  }

  /**
   * @param {string} id
   * @param {HostView} host
   * @param {number} now
   */
  #card(id, host, now) {
    const known = this.#cards.get(id);
    if (known) {
      if (!this.#shown.has(id)) known.show(host, now);
      return known;
    }
    const card = this.#newCard(id, host, now);
    this.#cards.set(id, card);
    return card;
  }

  /**
   * @param {string} id
   * @param {HostView} host
   * @param {number} now
   */
  #newCard(id, host, now) {
    const settingsUrl = this.#hostsUrl && `${this.#hostsUrl}${encodeURIComponent(id)}/change/`;
    return new HostCard(id, host, now, this.#format, settingsUrl);
  }
}

/**
 * Whether a change may move a host within the list, into it or out of it.
 * @param {HostView | undefined} before
 * @param {HostView | undefined} after
 */
function isElsewhere(before, after) {
  if (!before || !after) return before !== after;
  return before.name !== after.name || before.status !== after.status || before.address !== after.address || before.tags !== after.tags;
}
