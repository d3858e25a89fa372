import { button, byId, element, setAttribute, setText } from "./dom.js";
import { countAll, filterText } from "./filter-words.js";

/** @import { ViewName } from "./choice.js" */
/** @import { Services } from "./services.js" */

/** Up to so many hosts are cards on a wall, if it has the room; more are a heat map. */
const MOST_CARDS = 40;
/** What a card of a usual host takes at the smallest size, with the gap beside it; and what is not for cards, less one gap. */
const CARD_PX = { width: 266, height: 250 };
const FRAME_PX = { width: 22, height: 45 };
/** Sizes that are tried, in percent of the usual one, until not all hosts are in sight any more. */
const SIZES_PERCENT = [80, 90, 100, 115, 130, 145, 160, 180, 200, 230, 260];
const MOST_PERCENT = { cards: 260, heat: 260, table: 130, overlay: 160 };
/** Beyond this a heat map only grows while names stay in its cells. */
const NAMELESS_PERCENT = 160;
/** Frames until a view has followed a new size. */
const FRAMES = 3;
/** So long after the last movement pointer and button go away. */
const IDLE_MS = 3_000;

/**
 * The mode for a screen on the wall: the whole screen, hosts as large as they all fit, no controls, no sleep. The address keeps it, and
 * Escape leaves it.
 */
export class Wall {
  #services;
  #root = document.documentElement;
  #leave = button("button wall-leave", "Leave wall screen", () => this.leave());
  /** What is shown of the fleet; beside it stands what there is. */
  #filter = element("p", "wall-filter");
  #isOn = false;
  /** The view to come back to, if the wall has another one. @type {ViewName | "" | null} */
  #before = null;
  #wasFull = false;
  #idleTimer = 0;
  /** What the size was found for. */
  #situation = "";
  #size = 0;
  /** To wait before the size is judged. */
  #frames = 0;
  /** @type {WakeLockSentinel | null} */
  #wakeLock = null;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    document.addEventListener("fullscreenchange", () => this.#onFullscreen());
    document.addEventListener("visibilitychange", () => void this.#stayAwake());
    addEventListener("pointermove", () => this.#isOn && this.#move());
    document.body.append(this.#leave);
    byId("counts").before(this.#filter);
    this.#leave.hidden = this.#filter.hidden = true;
  }

  get isOn() {
    return this.#isOn;
  }

  enter() {
    const { view } = this.#services.choices.current;
    this.#before = view;
    this.#choose(view);
    // only a person's own key or click may do this; without it the wall fills its window
    this.#root.requestFullscreen?.().then(() => this.#isOn && this.#choose(view)).catch(() => {});
  }

  /** @param {ViewName | ""} before what was looked at */
  #choose(before) {
    const { choices, marked } = this.#services;
    choices.choose({ wall: true, host: "", view: wallView(marked.shown.length, before, { width: innerWidth, height: innerHeight }) });
  }

  leave() {
    const { choices } = this.#services;
    choices.choose({ wall: false, view: this.#before ?? choices.current.view });
    if (document.fullscreenElement) void document.exitFullscreen();
  }

  /** Follow the address; and when other hosts are shown, or the window has another size, let all of them fit again. */
  draw() {
    const { choices, marked, redraw } = this.#services;
    if (choices.current.wall !== this.#isOn) this.#turn(choices.current.wall);
    if (!this.#isOn) return;
    this.#show();
    this.#look();
    const situation = [innerWidth, innerHeight, choices.current.view, marked.shown.length].join();
    if (situation !== this.#situation) this.#resize(0);
    else if (this.#frames > 0 && --this.#frames === 0) this.#fit();
    this.#situation = situation;
    if (this.#frames) redraw();
  }

  #show() {
    const { choices, marked, store, format } = this.#services;
    const all = countAll(marked.shown.map((id) => store.get(id)?.status), store.counts());
    const text = choices.current.host ? "" : filterText(choices.current, marked.shown.length, all, format);
    setText(this.#filter, text);
    setAttribute(this.#filter, "title", text);
    this.#filter.hidden = !text;
  }

  /** Whatever the address says, and however many hosts there are by now: cards only where all of them fit. */
  #look() {
    const { choices, marked, store } = this.#services;
    const { view, host } = choices.current;
    if (!store.complete || host || (view !== "cards" && view !== "")) return;
    const wanted = wallView(marked.shown.length, view, { width: innerWidth, height: innerHeight });
    if (wanted !== view) this.#change(wanted);
  }

  /** @param {ViewName} view */
  #change(view) {
    const { choices } = this.#services;
    this.#before ??= choices.current.view;
    choices.choose({ view });
  }

  /** @param {boolean} isOn */
  #turn(isOn) {
    this.#isOn = isOn;
    this.#situation = "";
    this.#frames = 0;
    this.#leave.hidden = !isOn;
    this.#root.toggleAttribute("data-wall", isOn);
    if (isOn) this.#move();
    else this.#end();
    void this.#stayAwake();
  }

  #end() {
    this.#before = null;
    this.#filter.hidden = true;
    this.#root.style.fontSize = "";
  }

  /** One size larger while all is in sight; the one before when it is not. */
  #fit() {
    const { choices, marked } = this.#services;
    const view = choices.current.view || "cards";
    const isInSight = this.#root.scrollHeight <= innerHeight && !(view === "heat" && this.#isNameless);
    const most = MOST_PERCENT[view];
    const next = SIZES_PERCENT[this.#size + 1] ?? Infinity;
    if (isInSight && next <= most) return this.#resize(this.#size + 1);
    if (!isInSight && this.#size > 0) this.#resize(this.#size - 1);
    else if (!isInSight && view === "cards" && marked.shown.length > 1) this.#change("heat"); // they are higher than usual
    this.#frames = 0;
  }

  get #isNameless() {
    return (SIZES_PERCENT[this.#size] ?? 0) > NAMELESS_PERCENT && !document.querySelector(".heat-groups[data-detail=name]");
  }

  /** @param {number} size */
  #resize(size) {
    this.#size = size;
    this.#frames = FRAMES;
    this.#root.style.fontSize = `${SIZES_PERCENT[size]}%`;
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

  async #stayAwake() {
    if (!this.#isOn) {
      await this.#wakeLock?.release();
      this.#wakeLock = null;
    } else if (!document.hidden && (this.#wakeLock?.released ?? true)) {
      // absent without TLS, refused when the battery is low: then the screen's own settings decide
      this.#wakeLock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    }
  }
}

/**
 * Cards or heat map, whichever shows all hosts at a glance.
 * @param {number} hosts
 * @param {ViewName | ""} chosen
 * @param {{width: number, height: number}} wall in pixels
 * @returns {ViewName}
 */
export function wallView(hosts, chosen, { width, height }) {
  if (chosen === "heat") return "heat";
  const room = Math.floor((width - FRAME_PX.width) / CARD_PX.width) * Math.floor((height - FRAME_PX.height) / CARD_PX.height);
  return hosts > Math.min(MOST_CARDS, Math.max(1, room)) ? "heat" : "cards";
}
