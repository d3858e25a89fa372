import { button } from "./dom.js";

/** @import { ViewName } from "./choice.js" */
/** @import { Services } from "./services.js" */

/** Up to so many hosts are cards on a wall; more are a heat map. */
const MOST_CARDS = 40;
/** Sizes that are tried, in percent of the usual one, so that all hosts are in sight. */
const SIZES_PERCENT = [260, 230, 200, 180, 160, 145, 130, 115, 100, 88];
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
  #isOn = false;
  /** The view to come back to, unless the page began as a wall. @type {ViewName | "" | null} */
  #before = null;
  #wasFull = false;
  #idleTimer = 0;
  #fitted = "";
  /** @type {WakeLockSentinel | null} */
  #wakeLock = null;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    document.addEventListener("fullscreenchange", () => this.#onFullscreen());
    document.addEventListener("visibilitychange", () => void this.#stayAwake());
    addEventListener("pointermove", () => this.#isOn && this.#move());
    document.body.append(this.#leave);
    this.#leave.hidden = true;
  }

  get isOn() {
    return this.#isOn;
  }

  enter() {
    const { choices, marked } = this.#services;
    const { view } = choices.current;
    this.#before = view;
    choices.choose({ wall: true, host: "", view: wallView(marked.shown.length, view) });
    // only a person's own key or click may do this; without it the wall fills its window
    this.#root.requestFullscreen?.().catch(() => {});
  }

  leave() {
    const { choices } = this.#services;
    choices.choose({ wall: false, view: this.#before ?? choices.current.view });
    if (document.fullscreenElement) void document.exitFullscreen();
  }

  /** Follow the address; and when other hosts are shown, or the window has another size, let all of them fit again. */
  draw() {
    const isWanted = this.#services.choices.current.wall;
    if (isWanted !== this.#isOn) this.#turn(isWanted);
    if (!this.#isOn) return;
    const situation = [innerWidth, innerHeight, this.#services.choices.current.view, this.#services.marked.shown.length].join();
    if (situation !== this.#fitted) this.#fit();
    this.#fitted = situation;
  }

  /** @param {boolean} isOn */
  #turn(isOn) {
    this.#isOn = isOn;
    this.#fitted = "";
    this.#leave.hidden = !isOn;
    this.#root.toggleAttribute("data-wall", isOn);
    if (isOn) this.#move();
    else this.#root.style.fontSize = "";
    void this.#stayAwake();
  }

  #fit() {
    for (const size of SIZES_PERCENT) {
      this.#root.style.fontSize = `${size}%`;
      if (this.#root.scrollHeight <= innerHeight) return;
    }
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
 * @returns {ViewName}
 */
export function wallView(hosts, chosen) {
  if (chosen === "heat") return "heat";
  return hosts > MOST_CARDS ? "heat" : "cards";
}
