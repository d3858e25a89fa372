/** @import { ViewName } from "./choice.js" */

/** @typedef {{width: number, height: number}} Room in pixels */

/** Up to so many hosts are cards on a wall, if it has the room; more are a heat map. */
const MOST_CARDS = 40;
/** What a card of a usual host takes at the smallest size, with the gap beside it; and what is not for cards, less one gap. */
const CARD_PX = { width: 266, height: 250 };
const AROUND_CARDS_PX = { width: 22, height: 45 };
/** A row of the table at the smallest size, and what is above and below the rows. */
const ROW_PX = 35.2;
const AROUND_ROWS_PX = 90;
/** Back from the heat map only when there is room for so many more hosts, as a share of them, and has been for so long. */
const SPARE = 0.1;
const SPARE_S = 10;

/**
 * The view of a wall: the one that was chosen, or, as long as not all hosts fit into that, a heat map. It does not turn to and fro while hosts
 * come and go at the edge of what fits.
 */
export class WallView {
  /** What was chosen and where it is shown: something else is decided anew, at once. */
  #asked = "";
  #most = Infinity;
  /** Hosts that took more room than they should, and how long the longest card was. @type {{hosts: number, rows: number} | null} */
  #misfit = null;
  #isHeat = false;
  /** Since when there has been room to go back. @type {number | null} */
  #spareSince = null;

  /**
   * @param {ViewName} chosen
   * @param {{hosts: number, rows: () => number, room: Room}} wall `rows`: of the longest card
   * @param {number} now in seconds
   * @returns {ViewName}
   */
  view(chosen, { hosts, rows, room }, now) {
    const asked = [chosen, room.width, room.height].join();
    if (asked !== this.#asked) this.#begin(asked, mostOf(chosen, room));
    if (this.#misfit && hosts <= this.#most && rows() < this.#misfit.rows) this.#misfit = null; // less of each host is shown now
    const most = Math.min(this.#most, this.#misfit ? this.#misfit.hosts - 1 : Infinity);
    const isRoomy = this.#isRoomy(hosts, most, now);
    this.#isHeat = hosts > most || (this.#isHeat && !isRoomy);
    return this.#isHeat ? "heat" : chosen;
  }

  /**
   * Not all were in sight, although they should have been.
   * @param {number} hosts
   * @param {number} rows of the longest card
   */
  misfit(hosts, rows) {
    if (hosts > 1) this.#misfit = { hosts, rows };
  }

  /**
   * @param {string} asked
   * @param {number} most
   */
  #begin(asked, most) {
    this.#asked = asked;
    this.#most = most;
    this.#misfit = null;
    this.#isHeat = false;
    this.#spareSince = null;
  }

  /**
   * @param {number} hosts
   * @param {number} most
   * @param {number} now
   */
  #isRoomy(hosts, most, now) {
    if (hosts + Math.max(1, SPARE * hosts) > most) this.#spareSince = null;
    else this.#spareSince ??= now;
    return this.#spareSince !== null && now - this.#spareSince >= SPARE_S;
  }
}

/**
 * How many hosts all fit.
 * @param {ViewName} view
 * @param {Room} room
 */
export function mostOf(view, { width, height }) {
  if (view === "heat" || view === "overlay") return Infinity;
  if (view === "table") return atLeastOne((height - AROUND_ROWS_PX) / ROW_PX);
  const columns = Math.floor((width - AROUND_CARDS_PX.width) / CARD_PX.width);
  return Math.min(MOST_CARDS, atLeastOne(columns * Math.floor((height - AROUND_CARDS_PX.height) / CARD_PX.height)));
}

/** @param {number} number */
function atLeastOne(number) {
  return Math.max(1, Math.floor(number));
}
