import { arrange, element } from "./dom.js";
import { HostCard } from "./host-card.js";
import { Roving } from "./roving.js";

/** @import { Choice } from "./choice.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Services } from "./services.js" */

/** A card for each host. */
export class CardsView {
  element = element("ul", "fleet-grid");

  #services;
  #roving = new Roving(this.element);
  /** Also of hosts that the choice leaves out: making cards takes longer than keeping them. @type {Map<string, HostCard>} */
  #cards = new Map();
  /** @type {Set<string>} */
  #shown = new Set();

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    this.element.setAttribute("role", "list");
    this.element.setAttribute("aria-label", "hosts");
  }

  /**
   * @param {Shown} shown
   * @param {Choice} _choice
   * @param {number} now the hub's clock, in seconds
   */
  arrange(shown, _choice, now) {
    const entries = [...new Map(shown.groups.flatMap((group) => group.entries).map((entry) => [entry.id, entry])).values()];
    arrange(this.element, entries.map(({ id, host }) => this.#card(id, host, now).element));
    this.#shown = new Set(entries.map(({ id }) => id));
    for (const id of this.#cards.keys()) if (!this.#services.store.get(id)) this.#cards.delete(id);
    this.#roving.refresh();
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    for (const id of changes.keys()) {
      const host = this.#services.store.get(id);
      if (host && this.#shown.has(id)) this.#cards.get(id)?.show(host, now);
    }
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
   * @param {HostView} host
   * @param {number} now
   */
  #card(id, host, now) {
    const known = this.#cards.get(id);
    if (known) {
      known.show(host, now);
      return known;
    }
    const { format, hostsUrl } = this.#services;
    const settingsUrl = hostsUrl && `${hostsUrl}${encodeURIComponent(id)}/change/`;
    const card = new HostCard(id, host, now, format, settingsUrl);
    this.#cards.set(id, card);
    return card;
  }
}
