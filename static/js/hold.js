/** Whether somebody is about to click on a host, or reads with the keyboard: what is there stays where it is then. */
export class Hold {
  #place;
  #isPointed = false;

  /** @param {HTMLElement} place where the hosts are */
  constructor(place) {
    this.#place = place;
    place.addEventListener("pointerover", (event) => (this.#isPointed = event.pointerType === "mouse" && isOnHost(event.target)));
    place.addEventListener("pointerleave", () => (this.#isPointed = false));
  }

  /** A focus that is not to be seen was left behind by a click. */
  get isOn() {
    const focused = document.activeElement;
    const isFocused = focused !== null && this.#place.contains(focused) && focused.matches(":focus-visible") && isOnHost(focused);
    return isFocused || (this.#isPointed && this.#place.matches(":hover"));
  }
}

/** @param {EventTarget | null} target */
function isOnHost(target) {
  return target instanceof Element && target.closest("[data-host]") !== null;
}
