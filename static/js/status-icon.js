/** @import { Status } from "./protocol.js" */

const SVG = "http://www.w3.org/2000/svg";

/** A shape for each status, so that colour is never all there is: disc, crossed square, pause ring, diamond. @type {Record<Status, string>} */
const SHAPES = {
  up: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM11.6 6.2l-4.4 5l-2.8-2.7l1.1-1.1l1.6 1.6l3.3-3.8z",
  down: "M3 1.5h10A1.5 1.5 0 0 1 14.5 3v10a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 13V3A1.5 1.5 0 0 1 3 1.5zM5.5 4.4L4.4 5.5L6.9 8l-2.5 2.5l1.1 1.1L8 9.1l2.5 2.5l1.1-1.1L9.1 8l2.5-2.5l-1.1-1.1L8 6.9z",
  disabled: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3zM5.6 5.4h1.6v5.2H5.6zM8.8 5.4h1.6v5.2H8.8z",
  unapproved: "M8 .8L15.2 8L8 15.2L.8 8zM7.2 4.4v4.4h1.6V4.4zM7.2 10v1.6h1.6V10z",
};

/** The picture of a host's status. Its words stand beside it. */
export class StatusIcon {
  element = document.createElementNS(SVG, "svg");
  #path = document.createElementNS(SVG, "path");

  constructor() {
    this.element.setAttribute("viewBox", "0 0 16 16");
    this.element.setAttribute("class", "status-icon");
    this.element.setAttribute("aria-hidden", "true");
    this.#path.setAttribute("fill-rule", "evenodd");
    this.element.append(this.#path);
  }

  /** @param {Status} status */
  show(status) {
    if (this.element.dataset.status === status) return;
    this.element.dataset.status = status;
    this.#path.setAttribute("d", SHAPES[status]);
  }
}
