/** The live page: makes the parts and draws them, once a frame. */
import { Announcer } from "./announcer.js";
import { ApprovalView } from "./approval-view.js";
import { Approvals } from "./approvals.js";
import { Choices, browserAddress } from "./choices.js";
import { Clock } from "./clock.js";
import { ConfirmDialog } from "./confirm-dialog.js";
import { byId } from "./dom.js";
import { Feed } from "./feed.js";
import { FiltersView } from "./filters-view.js";
import { FleetPage } from "./fleet-page.js";
import { formatter } from "./format.js";
import { FoundCount } from "./found-count.js";
import { FrameWriter } from "./frame.js";
import { ConnectionView } from "./header-view.js";
import { HostPage } from "./host-page.js";
import { Latencies } from "./latency.js";
import { LatencyView } from "./latency-view.js";
import { Marked } from "./marked.js";
import { PageTools } from "./page-tools.js";
import { browserPlatform } from "./platform.js";
import { PreferenceKeeper } from "./preference-keeper.js";
import { Preferences, storageOf } from "./preferences.js";
import { Recent } from "./recent.js";
import { Series } from "./series.js";
import { Session } from "./session.js";
import { SettingsInPlace } from "./settings-in-place.js";
import { readSettings } from "./settings-table.js";
import { StatusFilter } from "./status-filter.js";
import { FleetStore } from "./store.js";
import { Tab, tabState } from "./tab.js";

/** @import { Services } from "./services.js" */

const TICK_MS = 1_000;

const platform = browserPlatform();
const { role, hostsUrl = null, user = "" } = document.body.dataset;
const session = new Session(platform, user);
const writer = new FrameWriter(draw);

const store = new FleetStore();
const series = new Series(session);
const feed = new Feed(session, store, platform);

/** @type {Services} */
const services = {
  platform,
  session,
  store,
  format: formatter(),
  preferences: new Preferences(storageOf(window) ?? new Map(), user, JSON.parse(byId("preferences").textContent ?? "{}")),
  choices: new Choices(browserAddress()),
  marked: new Marked(),
  series,
  recent: new Recent({ store, series, session, platform }),
  settingsTable: readSettings(byId("settings").textContent ?? "[]"),
  role: role === "operator" ? "operator" : "viewer",
  hostsUrl: role === "operator" ? hostsUrl : null,
  redraw: () => writer.request(),
  openSettings: (hosts, part) => settings.open(hosts, part),
};
const { choices, format, marked } = services;

const place = byId("fleet");
const tools = byId("filters");
const filters = new FiltersView(tools, choices, format);
const fleet = new FleetPage(services, tools, filters);
const host = new HostPage(services);
const approvals = new Approvals(session, format);
const dialog = services.role === "operator" ? new ConfirmDialog(document.body) : null;
place.append(fleet.element, host.element);
byId("foot").prepend(host.held);
const waiting = new ApprovalView(place, store, approvals, format, dialog);
const counts = new StatusFilter(byId("counts"), choices, format, () => waiting.focus());
const latency = new LatencyView(byId("latency"), format);
const latencies = new Latencies();
const connection = new ConnectionView(byId("connection"), format);
const announcer = new Announcer(document.body, format);
const found = new FoundCount(platform, format, (text) => announcer.say(text), choices.current);
const settings = new SettingsInPlace(services, (text) => announcer.say(text), dialog);
const pageTools = new PageTools(services, { fleet, host, filters });
const tab = new Tab(document);
/** Hosts whose newest sample was not drawn yet. @type {Set<string>} */
const fresh = new Set();
let openHost = "";
/** The host that somebody just came back from. */
let leftHost = "";
let ticked = false;

for (const signal of [store.changed, session.stateChanged, feed.changed, choices.changed, approvals.changed, settings.changed, marked.changed, services.preferences.changed, services.recent.changed])
  signal.listen(() => writer.request());
store.sampled.listen((ids) => {
  if (!document.hidden) for (const id of ids) fresh.add(id); // what waits to be looked at is not late
});
// also while nobody looks, when nothing else is drawn
for (const signal of [store.changed, session.stateChanged, choices.changed])
  signal.listen(() => tab.show(tabState(store.counts(), session.state, format, store.get(choices.current.host)?.name)));
approvals.done.listen((text) => announcer.say(text));
setInterval(() => {
  ticked = true;
  writer.request();
}, TICK_MS);
document.querySelector(".skip-link")?.addEventListener("click", (event) => {
  event.preventDefault(); // the address says what is shown
  place.focus();
});
writer.request();
new Clock(session, store, platform);
new PreferenceKeeper(services.preferences, platform, session.joined);
feed.start();

function draw() {
  const now = store.hubTime(platform.now());
  const changes = store.takeChanges();
  noteLatency(now);
  showPage();
  const page = openHost ? host : fleet;
  page.draw(changes, now);
  if (!openHost) found.note(choices.current, marked.shown.length);
  if (leftHost && (document.activeElement === document.body || host.element.contains(document.activeElement))) fleet.focus(leftHost);
  leftHost = "";
  waiting.draw(changes, now);
  if (ticked) tick(page, now);
  const count = store.counts();
  counts.show(count, store.complete);
  connection.show(session.state, feed.isLive, platform.now());
  place.toggleAttribute("data-stale", !feed.isLive && store.complete);
  settings.draw(changes);
  pageTools.draw(now);
  for (const [id, before] of changes) announcer.note(id, before, store.get(id));
}

/**
 * @param {FleetPage | HostPage} page
 * @param {number} now
 */
function tick(page, now) {
  ticked = false;
  for (const part of [page, waiting]) part.tick(now);
  latency.show(latencies.spread(now));
}

/** @param {number} now */
function noteLatency(now) {
  for (const id of fresh) {
    const sampled = store.get(id);
    if (sampled) latencies.note(sampled, now);
  }
  fresh.clear();
}

/** The fleet, or the host that is open in its place. */
function showPage() {
  const wanted = choices.current.host;
  if (wanted === openHost) return;
  leftHost = wanted ? "" : openHost;
  openHost = wanted;
  fleet.element.hidden = wanted !== "";
  tools.hidden = wanted !== "";
  if (wanted) return host.open(wanted);
  host.close();
  fleet.refresh();
}
