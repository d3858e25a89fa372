/** The one writer: draws at most once a frame, and not at all while nobody looks. */
export class FrameWriter {
  #draw;
  #wanted = false;

  /** @param {() => void} draw */
  constructor(draw) {
    this.#draw = draw;
    document.addEventListener("visibilitychange", () => this.#wanted && this.#schedule());
  }

  request() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#schedule();
  }

  #schedule() {
    if (!document.hidden) requestAnimationFrame(() => this.#write());
  }

  #write() {
    if (!this.#wanted || document.hidden) return;
    this.#wanted = false;
    this.#draw();
  }
}
