import { button, element, setAttribute, setText } from "./dom.js";

/** @import { ChartGroup } from "./chart-group.js" */
/** @import { Preferences } from "./preferences.js" */
/** @import { Formatter } from "./format.js" */
/** @import { WatchState } from "./watch.js" */

const RATES_HZ = [1, 2, 5, 10];
const RATE_HZ = 5;
const WINDOWS_S = [60, 120, 300, 600];
export const WINDOW_S = 300;

/** How fast the host is sampled, how much time the charts show, and whether they move. */
export class HostTools {
  element = element("div", "host-tools");
  /** Stands over the page while the charts are held, wherever the reader has scrolled. */
  held = element("div", "held-note");

  #group;
  #preferences;
  #format;
  #now;
  #rate = element("select", "tool-select");
  #window = element("select", "tool-select");
  #granted = element("span", "watch-state");
  #pause = button("button plain small", "", () => this.#group.toggle(this.#now()));
  #heldText = element("span");

  /**
   * @param {ChartGroup} group
   * @param {Preferences} preferences
   * @param {Formatter} format
   * @param {{now: () => number, onRate: () => void}} page
   */
  constructor(group, preferences, format, { now, onRate }) {
    this.#group = group;
    this.#preferences = preferences;
    this.#format = format;
    this.#now = now;
    fill(this.#rate, RATES_HZ, (rate) => `${format.number(rate)} a second`);
    fill(this.#window, WINDOWS_S, (seconds) => format.duration(seconds));
    this.#rate.value = String(this.rate);
    this.#window.value = String(group.windowS);
    this.#rate.addEventListener("change", () => {
      preferences.set("rate", Number(this.#rate.value));
      onRate();
    });
    this.#window.addEventListener("change", () => {
      preferences.set("window", Number(this.#window.value));
      group.show(Number(this.#window.value));
    });
    this.#pause.title = "Space";
    setAttribute(this.#granted, "role", "status");
    this.held.append(this.#heldText, button("button small", "Back to live", () => group.live()));
    this.element.append(labelled("Samples", this.#rate), labelled("Time", this.#window), this.#pause, this.#granted);
    group.changed.listen(() => this.#showHeld());
    this.#showHeld();
  }

  /** Wanted samples a second. */
  get rate() {
    const rate = this.#preferences.get("rate", RATE_HZ);
    return RATES_HZ.includes(rate) ? rate : RATE_HZ;
  }

  /** @param {WatchState} state */
  showWatch(state) {
    this.#granted.dataset.kind = state.kind;
    setText(this.#granted, watchText(state, this.rate, this.#format));
  }

  #showHeld() {
    const { isLive } = this.#group;
    setText(this.#pause, isLive ? "Pause" : "Resume");
    setAttribute(this.#pause, "aria-pressed", String(!isLive));
    this.held.hidden = isLive;
    const [from, to] = this.#group.range(this.#now());
    setText(this.#heldText, `Held: ${this.#format.clock(from, true)} to ${this.#format.clock(to, true)}`);
  }
}

/** @param {Preferences} preferences */
export function wantedWindow(preferences) {
  const seconds = preferences.get("window", WINDOW_S);
  return WINDOWS_S.includes(seconds) ? seconds : WINDOW_S;
}

/**
 * @param {WatchState} state
 * @param {number} rate wanted
 * @param {Formatter} format
 */
export function watchText(state, rate, format) {
  if (state.kind === "refused") return `Regular samples only: ${state.text}`;
  if (state.kind !== "granted") return "";
  const granted = 1 / state.interval;
  return Math.abs(granted - rate) < 0.01 * rate ? "" : `the host gives ${format.number(granted)} a second`;
}

/**
 * @param {HTMLSelectElement} select
 * @param {number[]} values
 * @param {(value: number) => string} words
 */
function fill(select, values, words) {
  for (const value of values) {
    const option = element("option", "", words(value));
    option.value = String(value);
    select.append(option);
  }
}

/**
 * @param {string} text
 * @param {HTMLElement} control
 */
function labelled(text, control) {
  return element("label", "tool", element("span", "tool-label", text), control);
}
