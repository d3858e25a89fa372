/** A pointer that has rested for so long was left there: nobody is about to click. */
const POINTING_MS = 10_000;

/** Whether somebody is about to click on a host, reads with the keyboard, or is in a dialog: what is there stays where it is then. */
export class Hold {
  #place;
  #what;
  #now;
  #isPointed = false;
  /** In milliseconds. */
  #movedAt = -Infinity;

  /**
   * @param {HTMLElement} place where the hosts are
   * @param {string} [what] selector of what is held there
   * @param {() => number} [now] in milliseconds
   */
  constructor(place, what = "[data-host]", now = () => performance.now()) {
    this.#place = place;
    this.#what = what;
    this.#now = now;
    place.addEventListener("pointerover", (event) => (this.#isPointed = event.pointerType === "mouse" && this.#isHeld(event.target)));
    place.addEventListener("pointermove", () => (this.#movedAt = now()), { passive: true });
    place.addEventListener("pointerleave", () => (this.#isPointed = false));
  }

  /** A focus that is not to be seen was left behind by a click. */
  get isOn() {
    const focused = document.activeElement;
    const isFocused = focused !== null && this.#place.contains(focused) && focused.matches(":focus-visible") && this.#isHeld(focused);
    return isFocused || this.#isPointing || document.querySelector("dialog[open]") !== null;
  }

  get #isPointing() {
    return this.#isPointed && this.#now() - this.#movedAt < POINTING_MS && this.#place.matches(":hover");
  }

  /** @param {EventTarget | null} target */
  #isHeld(target) {
    return target instanceof Element && target.closest(this.#what) !== null;
  }
}
