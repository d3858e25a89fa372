import { Awake } from "./awake.js";
import { cardRows } from "./card-rows.js";
import { button, byId, element, setAttribute, setText } from "./dom.js";
import { countAll, filterText } from "./filter-words.js";
import { WallSize } from "./wall-size.js";
import { WallView } from "./wall-view.js";

/** @import { FleetPage } from "./fleet-page.js" */
/** @import { Services } from "./services.js" */

/** So long after the last movement pointer and button go away. */
const IDLE_MS = 3_000;

/**
 * The mode for a screen on the wall: the whole screen, hosts as large as they all fit, no controls, no sleep. The address keeps it, and
 * Escape leaves it. Which view was chosen stays chosen, although there may be no room for it.
 */
export class Wall {
  #services;
  #fleet;
  #root = document.documentElement;
  #leave = button("button wall-leave", "Leave wall screen", () => this.leave());
  /** What is shown of the fleet; beside it stands what there is. */
  #filter = element("p", "wall-filter");
  #isOn = false;
  #view = new WallView();
  #size;
  #wasFull = false;
  #idleTimer = 0;
  #awake = new Awake();

  /**
   * @param {Services} services
   * @param {Pick<FleetPage, "chosen" | "standIn">} fleet
   */
  constructor(services, fleet) {
    this.#services = services;
    this.#fleet = fleet;
    this.#size = new WallSize(services.redraw, (hosts) => this.#onMisfit(hosts));
    document.addEventListener("fullscreenchange", () => this.#onFullscreen());
    document.addEventListener("visibilitychange", () => this.#stayAwake());
    addEventListener("pointermove", () => this.#isOn && this.#move());
    addEventListener("resize", () => this.#isOn && services.redraw());
    document.body.append(this.#leave);
    byId("counts").before(this.#filter);
    this.#leave.hidden = this.#filter.hidden = true;
  }

  get isOn() {
    return this.#isOn;
  }

  enter() {
    this.#services.choices.choose({ wall: true, host: "" });
    // only a person's own key or click may do this; without it the wall fills its window
    this.#root.requestFullscreen?.().catch(() => {});
  }

  leave() {
    this.#services.choices.choose({ wall: false });
    if (document.fullscreenElement) void document.exitFullscreen();
  }

  /**
   * Follow the address; and when other hosts are shown, or the window has another size, let all of them fit again.
   * @param {number} now the hub's clock, in seconds
   */
  draw(now) {
    const { choices, marked } = this.#services;
    if (choices.current.wall !== this.#isOn) this.#turn(choices.current.wall);
    if (!this.#isOn) return;
    this.#show();
    this.#look(now);
    if (choices.current.host) this.#size.end();
    else this.#size.draw(this.#fleet.standIn ?? this.#fleet.chosen, marked.shown.length);
  }

  #show() {
    const { choices, marked, store, format } = this.#services;
    const all = countAll(marked.shown.map((id) => store.get(id)?.status), store.counts());
    const text = choices.current.host ? "" : filterText(choices.current, marked.shown.length, all, format);
    setText(this.#filter, text);
    setAttribute(this.#filter, "title", text);
    this.#filter.hidden = !text;
  }

  /** @param {number} now */
  #look(now) {
    const { choices, marked, store, redraw } = this.#services;
    if (!store.complete || choices.current.host) return;
    const room = { width: innerWidth, height: innerHeight };
    const view = this.#view.view(this.#fleet.chosen, { hosts: marked.shown.length, rows: () => this.#mostRows(), room }, now);
    if (view === this.#fleet.standIn) return;
    this.#fleet.standIn = view;
    redraw();
  }

  /** @param {number} hosts */
  #onMisfit(hosts) {
    this.#view.misfit(hosts, this.#mostRows());
    this.#services.redraw();
  }

  /** Of the longest card: they all are as high as it. */
  #mostRows() {
    const { marked, store, format } = this.#services;
    return Math.max(0, ...marked.shown.map((id) => cardRows(store.get(id)?.sample, format, false).length));
  }

  /** @param {boolean} isOn */
  #turn(isOn) {
    this.#isOn = isOn;
    this.#leave.hidden = !isOn;
    this.#root.toggleAttribute("data-wall", isOn);
    if (isOn) this.#move();
    else this.#end();
    this.#stayAwake();
  }

  #end() {
    this.#view = new WallView();
    this.#size.end();
    this.#filter.hidden = true;
    this.#fleet.standIn = null;
    this.#services.redraw();
  }

  #move() {
    this.#root.removeAttribute("data-idle");
    clearTimeout(this.#idleTimer);
    this.#idleTimer = window.setTimeout(() => this.#root.toggleAttribute("data-idle", this.#isOn), IDLE_MS);
  }

  /** The browser takes Escape for itself while it shows the whole screen. */
  #onFullscreen() {
    const isFull = document.fullscreenElement !== null;
    if (this.#wasFull && !isFull && this.#isOn) this.leave();
    this.#wasFull = isFull;
  }

  #stayAwake() {
    if (!this.#isOn || !document.hidden) void this.#awake.keep(this.#isOn); // a page that is hidden is given nothing
  }
}
