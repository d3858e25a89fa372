/** A pointer that has rested for so long was left there: nobody is about to click. */
const POINTING_MS = 10_000;

/** Whether somebody is about to click on a host, reads with the keyboard, or is in a dialog about it: what is there stays where it is then. */
export class Hold {
  #place;
  #now;
  #isPointed = false;
  /** In milliseconds. */
  #movedAt = -Infinity;

  /**
   * @param {HTMLElement} place where the hosts are
   * @param {() => number} now in milliseconds
   */
  constructor(place, now = () => performance.now()) {
    this.#place = place;
    this.#now = now;
    place.addEventListener("pointerover", (event) => (this.#isPointed = event.pointerType === "mouse" && isOnHost(event.target)));
    place.addEventListener("pointermove", () => (this.#movedAt = now()), { passive: true });
    place.addEventListener("pointerleave", () => (this.#isPointed = false));
  }

  /** A focus that is not to be seen was left behind by a click. */
  get isOn() {
    const focused = document.activeElement;
    const isFocused = focused !== null && this.#place.contains(focused) && focused.matches(":focus-visible") && isOnHost(focused);
    return isFocused || this.#isPointing || document.querySelector("dialog[open]") !== null;
  }

  get #isPointing() {
    return this.#isPointed && this.#now() - this.#movedAt < POINTING_MS && this.#place.matches(":hover");
  }
}

/** @param {EventTarget | null} target */
function isOnHost(target) {
  return target instanceof Element && target.closest("[data-host]") !== null;
}
