import { ChartGroup } from "./chart-group.js";
import { CHART_METRICS } from "./charts.js";
import { element, setAttribute, setText } from "./dom.js";
import { isElsewhere } from "./fleet-order.js";
import { HostHead } from "./host-head.js";
import { PANELS } from "./host-panels.js";
import { HostTools, wantedWindow } from "./host-tools.js";
import { HostWarnings } from "./host-warnings.js";
import { intervalOf } from "./interval.js";
import { LiveColumns } from "./live-columns.js";
import { neighboursOf } from "./neighbours.js";
import { Watch } from "./watch.js";

/** @import { HostSample, HostView } from "./protocol.js" */
/** @import { Services } from "./services.js" */

/** One host, in place of the fleet. */
export class HostPage {
  element = element("section", "host-page");

  #services;
  #id = "";
  /** Whether it was there since it was opened. */
  #wasThere = false;
  /** Whether the fleet was read and it is not there. */
  #isMissing = false;
  /** Whether its neighbours were looked up for what is chosen, and among the whole fleet. @type {boolean | null} */
  #placed = null;
  /** How many of the panels are drawn: one more in each frame, so that the first one comes at once. */
  #drawn = 0;
  #head;
  #warnings = new HostWarnings();
  #tools;
  #group;
  #live;
  #watch;
  #content = element("div", "host-content");
  #missing = element("div", "host-missing");
  #missingText = element("p", "empty-text");
  #missingBack = element("a", "button", "All hosts");
  #panels;
  /** @type {HostSample | null} */
  #sample = null;

  /** @param {Services} services */
  constructor(services) {
    const { store, platform, preferences, format, session } = services;
    const now = () => store.hubTime(platform.now());
    this.#services = services;
    this.#group = new ChartGroup(wantedWindow(preferences));
    this.#live = new LiveColumns(services.series, CHART_METRICS);
    this.#watch = new Watch(session, platform);
    this.#head = new HostHead(services);
    this.#tools = new HostTools(this.#group, preferences, format, { now, onRate: () => this.#watchAgain() });
    this.#panels = PANELS.map(({ make }) => make({ services, live: this.#live, group: this.#group }));
    this.#group.changed.listen(() => this.#live.hold(!this.#group.isLive));
    this.element.setAttribute("aria-labelledby", this.#head.title.id);
    this.element.hidden = true;
    this.#content.append(this.#warnings.element, this.#tools.element, ...this.#panels.map((panel) => panel.element));
    this.#missing.append(this.#missingText, this.#missingBack);
    this.element.append(this.#head.element, this.#content, this.#missing);
    this.#watch.sampled.listen((sample) => this.#onWatched(sample));
    this.#watch.changed.listen((state) => this.#tools.showWatch(state));
    session.joined.listen(() => this.#live.rejoined());
    services.choices.changed.listen(() => (this.#placed = null)); // links keep what is chosen, and neighbours follow it
    this.#followVisibility();
  }

  /** What stands at the lower edge while the charts are held. */
  get held() {
    return this.#tools.held;
  }

  /** @param {string} id */
  open(id) {
    if (this.#id) this.close();
    this.#id = id;
    this.#wasThere = this.#isMissing = false;
    this.#placed = null;
    this.element.hidden = false;
    this.#follow();
  }

  /** Hold the charts, or let them go on. */
  pause() {
    const { store, platform } = this.#services;
    this.#group.toggle(store.hubTime(platform.now()));
  }

  /** One step back: charts that are held go on, otherwise to the fleet. */
  leave() {
    if (this.#group.isLive) this.#services.choices.choose({ host: "" });
    else this.#group.live();
  }

  /**
   * To the host beside this one.
   * @param {"before" | "after"} side
   * @returns {boolean} false: there is none
   */
  step(side) {
    const { store, platform, choices } = this.#services;
    const host = neighboursOf(store.entries(), choices.current, store.hubTime(platform.now()))[side]?.id;
    if (host) choices.choose({ host });
    return Boolean(host);
  }

  close() {
    this.#id = "";
    this.#unfollow();
    this.element.hidden = true;
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    const { store } = this.#services;
    const host = store.get(this.#id);
    if (store.complete && [...changes].some(([id, before]) => isElsewhere(before, store.get(id)))) this.#placed = null;
    this.#showMissing(host);
    if (!host) return;
    if (host.sample && host.sample !== this.#sample) this.#live.regular((this.#sample = host.sample), intervalOf(host));
    this.element.dataset.status = host.status;
    this.#head.draw(host, now);
    this.#warnings.draw(host);
    this.#drawPanels(host, now);
    if (!this.#wasThere) this.#begin();
    else if (this.#placed !== store.complete) this.#place(now);
  }

  /** @param {number} now the hub's clock, in seconds */
  tick(now) {
    this.#live.tick(now);
    if (this.#group.isLive) this.#live.changed.emit("sample"); // the time goes on, with samples or without
  }

  #follow() {
    this.#sample = null;
    this.#drawn = 0;
    this.#live.open(this.#id);
    for (const panel of this.#panels) {
      panel.open(this.#id);
      panel.element.hidden = true;
    }
    this.#watchAgain();
  }

  #unfollow() {
    this.#watch.stop();
    for (const panel of this.#panels) panel.close();
    this.#live.close();
    this.#group.live();
  }

  /**
   * @param {HostView} host
   * @param {number} now
   */
  #drawPanels(host, now) {
    const next = this.#panels[this.#drawn];
    if (next) {
      next.element.hidden = false;
      this.#drawn += 1;
      this.#services.redraw();
    }
    for (const panel of this.#panels.slice(0, this.#drawn)) panel.draw(host, now);
  }

  /** Both make the browser work out where everything is, so they come when everything is there. */
  #begin() {
    this.#wasThere = true;
    this.#head.title.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  /**
   * To sort a large fleet takes some milliseconds: the first frame does not wait for it.
   * @param {number} now
   */
  #place(now) {
    const { store, choices } = this.#services;
    this.#placed = store.complete;
    this.#head.open(this.#id, neighboursOf(store.entries(), choices.current, now));
  }

  /** @param {HostView | undefined} host */
  #showMissing(host) {
    const { store, choices } = this.#services;
    const isMissing = !host && store.complete;
    this.#content.hidden = this.#head.element.hidden = !host;
    this.#missing.hidden = Boolean(host);
    this.#missingBack.hidden = !isMissing;
    setAttribute(this.#missingBack, "href", choices.link({ host: "" }));
    setText(this.#missingText, isMissing ? missingText(this.#wasThere) : "Looking for the host…");
    if (isMissing === this.#isMissing) return;
    this.#isMissing = isMissing;
    if (isMissing) this.#unfollow(); // nothing is asked of a host that is gone
    else this.#follow();
  }

  /** @param {HostSample} sample */
  #onWatched(sample) {
    const { state } = this.#watch;
    const host = this.#services.store.get(this.#id);
    const regular = host ? intervalOf(host) : 1;
    if (host) this.#live.watched(sample, state.kind === "granted" ? state.interval : regular, regular);
    this.#services.redraw();
  }

  #watchAgain() {
    if (this.#id) this.#watch.start(this.#id, 1 / this.#tools.rate);
  }

  #followVisibility() {
    const show = (/** @type {boolean} */ hidden, forGood = false) => {
      this.#watch.setHidden(hidden, forGood);
      for (const panel of this.#panels) panel.setHidden?.(hidden);
    };
    document.addEventListener("visibilitychange", () => show(document.hidden));
    addEventListener("pagehide", () => show(true, true));
    addEventListener("pageshow", () => show(document.hidden));
  }
}

/** @param {boolean} wasThere */
function missingText(wasThere) {
  return wasThere ? "This host was deleted." : "There is no host with this address. It may have been deleted.";
}
