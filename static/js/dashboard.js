/** The live page. */
import { Announcer } from "./announcer.js";
import { ApprovalView } from "./approval-view.js";
import { Approvals } from "./approvals.js";
import { ConfirmDialog } from "./confirm-dialog.js";
import { byId } from "./dom.js";
import { Feed } from "./feed.js";
import { FiltersView } from "./filters-view.js";
import { FleetView } from "./fleet-view.js";
import { formatter } from "./format.js";
import { FrameWriter } from "./frame.js";
import { ConnectionView, CountsView } from "./header-view.js";
import { browserPlatform } from "./platform.js";
import { Session } from "./session.js";
import { FleetStore } from "./store.js";

const TICK_MS = 1_000;

const platform = browserPlatform();
const format = formatter();
const store = new FleetStore();
const session = new Session(platform);
const feed = new Feed(session, store, platform);

const { role, hostsUrl = null } = document.body.dataset;
const place = byId("fleet");
const fleet = new FleetView(place, store, format, role === "operator" ? hostsUrl : null);
const approvals = new Approvals(session);
const dialog = role === "operator" ? new ConfirmDialog(document.body) : null;
const waiting = new ApprovalView(place, store, approvals, format, dialog);
const counts = new CountsView(byId("counts"));
const filters = new FiltersView(byId("filters"));
const connection = new ConnectionView(byId("connection"), format);
const announcer = new Announcer(document.body);
const writer = new FrameWriter(draw);
let ticked = false;

store.changed.listen(() => writer.request());
session.stateChanged.listen(() => writer.request());
filters.changed.listen(() => writer.request());
approvals.changed.listen(() => writer.request());
approvals.done.listen((text) => announcer.say(text));
setInterval(() => {
  ticked = true;
  writer.request();
}, TICK_MS);
writer.request();
feed.start();

function draw() {
  const now = store.hubTime(platform.now());
  const changes = store.takeChanges();
  fleet.draw(filters.choice, changes, now);
  waiting.draw(changes, now);
  if (ticked) for (const view of [fleet, waiting]) view.tick(now);
  ticked = false;
  counts.show(store.counts(), store.complete);
  connection.show(session.state, platform.now());
  place.toggleAttribute("data-stale", session.state.kind !== "live" && store.complete);
  for (const [id, before] of changes) announcer.note(id, before, store.get(id));
}
