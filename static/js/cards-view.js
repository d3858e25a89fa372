import { HostCard } from "./host-card.js";
import { VirtualGrid } from "./virtual-grid.js";

/** @import { Choice } from "./choice.js" */
/** @import { Item } from "./grid-rows.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Services } from "./services.js" */

const LEAST_WIDTH_REM = 20;
/** Cards that were seen are kept for a while: to make one takes longer than to keep it. */
const MOST_KEPT = 150;

/** A card for each host. */
export class CardsView {
  element;

  #services;
  #grid;
  /** By item; those seen last at the end. @type {Map<string, HostCard>} */
  #cards = new Map();
  /** More is known of the last minutes than was drawn. */
  #isStale = false;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    this.#grid = new VirtualGrid(LEAST_WIDTH_REM, (item) => this.#card(item).element, services.redraw);
    this.element = this.#grid.element;
    this.element.setAttribute("aria-label", "hosts");
    services.recent.changed.listen(() => {
      this.#isStale = true;
      services.redraw();
    });
    services.marked.changed.listen(() => this.#each((card, id) => card.mark(services.marked.ids.has(id))));
  }

  /**
   * @param {Shown} shown
   * @param {Choice} _choice
   * @param {number} now the hub's clock, in seconds
   */
  arrange(shown, _choice, now) {
    this.#grid.arrange(shown.groups);
    this.#trend(now);
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    if (this.#grid.update() || this.#isStale) this.#trend(now);
    this.#each((card, id) => {
      const host = changes.has(id) && this.#services.store.get(id);
      if (host) card.show(host, now);
    });
  }

  /**
   * Let the ages grow.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    this.#each((card) => card.tick(now));
    this.#trend(now);
  }

  /** @param {number} now */
  #trend(now) {
    this.#isStale = false;
    const { recent } = this.#services;
    recent.want(this.#grid.items.map(({ id }) => id));
    this.#each((card, id) => {
      const courses = recent.of(id, now);
      if (courses) card.trend(courses);
    });
  }

  /** @param {(card: HostCard, id: string) => void} act on each card that exists in the page */
  #each(act) {
    for (const { key, id } of this.#grid.items) {
      const card = this.#cards.get(key);
      if (card) act(card, id);
    }
  }

  /** @param {Item} item that comes into view */
  #card({ key, id }) {
    const { store, marked, platform, choices } = this.#services;
    const card = this.#cards.get(key) ?? new HostCard(id, this.#services);
    this.#cards.delete(key);
    this.#cards.set(key, card);
    for (const oldest of this.#cards.keys()) {
      if (this.#cards.size <= MOST_KEPT) break;
      this.#cards.delete(oldest);
    }
    const host = store.get(id);
    if (host) card.show(host, store.hubTime(platform.now()));
    card.mark(marked.ids.has(id));
    card.link(choices.link({ host: id }));
    return card;
  }
}
