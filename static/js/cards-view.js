import { HostCard } from "./host-card.js";
import { Renewals } from "./renewals.js";
import { VirtualGrid } from "./virtual-grid.js";

/** @import { Choice } from "./choice.js" */
/** @import { Item } from "./grid-rows.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Services } from "./services.js" */

const LEAST_WIDTH_REM = 20;
/** In one frame, for cards whose hosts changed: what the browser does with them takes thrice as long again. The others come with the next. */
const RENEWING_MS = 1.5;
/** @type {import("./recent.js").Courses} */
const NOTHING_KNOWN = { cpu: [], memory: [], network: [] };

/** A card for each host. */
export class CardsView {
  element;

  #services;
  #grid;
  /** By item. @type {Map<string, HostCard>} */
  #cards = new Map();
  /** Cards out of view: to make one takes longer than to use it again. @type {HostCard[]} */
  #spare = [];
  /** Items whose hosts changed. */
  #changed = new Renewals();
  /** More is known of the last minutes than was drawn. */
  #isStale = false;
  /** Where the page was scrolled to at the last tick: the same as now if nobody scrolls. */
  #restedAt = 0;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    const { format, redraw } = services;
    this.#grid = new VirtualGrid(LEAST_WIDTH_REM, format, (item) => this.#card(item).element, (item) => this.#release(item), redraw);
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
    this.#want();
    this.#trend(now);
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    for (const { key, id } of this.#grid.items) if (changes.has(id)) this.#changed.add(key, id);
    if (!this.#grid.update()) {
      this.#renew(now);
      if (this.#isStale) this.#trend(now);
      return;
    }
    this.#want();
    if (this.#changed.size || this.#isStale) this.#services.redraw(); // one or the other in a frame
  }

  /**
   * Let the ages grow.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    this.#each((card) => card.tick(now));
    this.#want();
    this.#trend(now);
    if (this.#restedAt === scrollY) this.#grid.settle();
    this.#restedAt = scrollY;
  }

  /** @param {string} id of a host */
  focus(id) {
    this.#grid.focus(id);
  }

  /** @param {number} now */
  #renew(now) {
    const { store, redraw } = this.#services;
    const isDone = this.#changed.run(RENEWING_MS, (key, id) => {
      const host = store.get(id);
      if (host) this.#cards.get(key)?.show(host, now);
    });
    if (!isDone) redraw();
  }

  #want() {
    this.#services.recent.want(this.#grid.items.map(({ id }) => id));
  }

  /** @param {number} now */
  #trend(now) {
    this.#isStale = false;
    this.#each((card, id) => card.trend(this.#services.recent.of(id, now) ?? NOTHING_KNOWN));
  }

  /** @param {(card: HostCard, id: string) => void} act on each card that exists in the page */
  #each(act) {
    for (const { key, id } of this.#grid.items) {
      const card = this.#cards.get(key);
      if (card) act(card, id);
    }
  }

  /** @param {Item} item out of view */
  #release({ key }) {
    const card = this.#cards.get(key);
    if (card) this.#spare.push(card);
    this.#cards.delete(key);
    this.#changed.delete(key);
  }

  /** @param {Item} item that comes into view */
  #card({ key, id }) {
    const { store, marked, platform, choices, recent } = this.#services;
    const now = store.hubTime(platform.now());
    const card = this.#cards.get(key) ?? this.#spare.pop() ?? new HostCard(this.#services);
    this.#cards.set(key, card);
    this.#changed.delete(key);
    card.become(id);
    const host = store.get(id);
    if (host) card.show(host, now);
    card.trend(recent.of(id, now) ?? NOTHING_KNOWN);
    card.mark(marked.ids.has(id));
    card.link(choices.link({ host: id }));
    return card;
  }
}
