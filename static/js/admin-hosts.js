/** Keeps the admin's host list live: the cells with `data-host` and `data-field`, as the server filled them from the database. */
import { ageText, configText, statusLine } from "./describe.js";
import { element, setText } from "./dom.js";
import { Feed } from "./feed.js";
import { formatter } from "./format.js";
import { FrameWriter } from "./frame.js";
import { browserPlatform } from "./platform.js";
import { Session } from "./session.js";
import { FleetStore } from "./store.js";

const TICK_MS = 1_000;
const TEXTS = { status: statusLine, config: configText, age: ageText };

const platform = browserPlatform();
const format = formatter();
const store = new FleetStore();
const session = new Session(platform);
const cells = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-host][data-field]"));
const writer = new FrameWriter(draw);
const stale = element("p", "help stale");

if (cells.length) {
  stale.setAttribute("role", "status");
  document.querySelector("#changelist")?.before(stale);
  store.changed.listen(() => writer.request());
  setInterval(() => writer.request(), TICK_MS);
  session.stateChanged.listen(({ kind }) => away(kind !== "live"));
  new Feed(session, store, platform).start();
}

/** @param {boolean} isAway */
function away(isAway) {
  document.body.toggleAttribute("data-stale", isAway);
  setText(stale, isAway ? "This page has no connection to the hub: it shows what it knew last." : "");
}

function draw() {
  const now = store.hubTime(platform.now());
  for (const cell of cells) show(cell, now);
}

/**
 * @param {HTMLElement} cell
 * @param {number} now the hub's clock, in seconds
 */
function show(cell, now) {
  const host = store.get(cell.dataset.host ?? "");
  const text = TEXTS[/** @type {keyof typeof TEXTS} */ (cell.dataset.field)];
  if (!host || !text) return;
  setText(cell, text(host, now, format));
  cell.dataset.status = host.status;
  cell.dataset.outcome = host.config?.status ?? "";
}
