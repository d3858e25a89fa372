import assert from "node:assert/strict";
import { test } from "node:test";
import { formatter } from "../../static/js/format.js";
import { CONFIG_SET } from "../../static/js/protocol.js";
import { Session } from "../../static/js/session.js";
import { SettingsChanges } from "../../static/js/settings-changes.js";
import { FleetStore } from "../../static/js/store.js";
import { FakePlatform, settle } from "./support/fakes.js";
import { A_CONFIG, NOW, aHost } from "./support/hosts.js";

/** @import { Setting } from "../../static/js/settings-table.js" */

/** @type {Setting[]} */
const TABLE = [
  { name: "interval", default: 1, help: "", minimum: 0.2, maximum: 3600, unit: "s", label: "interval" },
  { name: "show_cpus", default: true, help: "", minimum: null, maximum: null, unit: "", label: "show CPUs" },
];
const NO_TAGS = { add: [], remove: [] };

/** A page that shows two hosts with revision 12. */
async function aPage(isLive = true) {
  const fake = new FakePlatform();
  const session = new Session(fake.platform);
  const store = new FleetStore();
  store.beginPages();
  store.applyPage({ at: NOW, next: null, hosts: { a: aHost({ name: "web-1" }), b: aHost({ name: "web-2", config: { ...A_CONFIG } }) } }, NOW * 1000);
  if (isLive) session.start();
  await settle();
  return { fake, changes: new SettingsChanges(session, store, formatter("en"), TABLE) };
}

test("what was touched is sent, and the new revisions are followed", async () => {
  const { fake, changes } = await aPage();
  fake.hub.results[CONFIG_SET] = { revisions: { a: 13, b: 12 } };
  let told = 0;
  changes.changed.listen(() => (told += 1));
  assert.equal(await changes.save(["a", "b"], { changes: { show_cpus: false, interval: 5 }, tags: NO_TAGS }), "");
  assert.deepEqual(fake.hub.calls, [{ procedure: CONFIG_SET, keywords: { hosts: ["a", "b"], changes: { show_cpus: false, interval: 5 }, tags: null } }]);
  const [change] = changes.kept;
  assert.ok(change);
  assert.equal(change.what, "Interval 5 s, Show CPUs off");
  assert.deepEqual([[...change.revisions], change.same, change.tagged], [[["a", 13]], ["b"], []]);
  changes.dismiss(change);
  assert.deepEqual([changes.kept, told], [[], 2]);
});

test("tags alone make no revision", async () => {
  const { fake, changes } = await aPage();
  fake.hub.results[CONFIG_SET] = { revisions: { a: 12, b: 12 } };
  await changes.save(["a", "b"], { changes: {}, tags: { add: ["web"], remove: ["old"] } });
  const [change] = changes.kept;
  assert.deepEqual(fake.hub.calls[0]?.keywords.tags, { add: ["web"], remove: ["old"] });
  assert.deepEqual([change?.what, change?.same, change?.tagged], ["+ web, − old", [], ["a", "b"]]);
});

test("a refusal is told with the hub's own words, and nothing is kept", async () => {
  const { fake, changes } = await aPage();
  fake.hub.errors = ["vedette.error.not_allowed"];
  assert.equal(await changes.save(["a"], { changes: { interval: 5 }, tags: NO_TAGS }), "Nothing was changed: the hub refused, vedette.error.not_allowed");
  assert.deepEqual(changes.kept, []);
});

test("a hub that does not answer may or may not have stored it", async () => {
  const { fake, changes } = await aPage();
  fake.hub.answers = false;
  const saved = changes.save(["a"], { changes: { interval: 5 }, tags: NO_TAGS });
  await fake.advance(20_000);
  assert.match(await saved, /did not answer in time/);
});

test("without a session nothing is asked", async () => {
  const { fake, changes } = await aPage(false);
  assert.match(await changes.save(["a"], { changes: { interval: 5 }, tags: NO_TAGS }), /no connection to the hub/);
  assert.deepEqual(fake.hub.calls, []);
});

test("of hosts that are all gone nothing is said to be changed", async () => {
  const { fake, changes } = await aPage();
  assert.match(await changes.save([], { changes: { interval: 5 }, tags: NO_TAGS }), /no host left/);
  assert.deepEqual([fake.hub.calls, changes.kept], [[], []]);
});

test("more hosts than the hub takes at a call are sent in parts, of which those that were stored are said", async () => {
  const { fake, changes } = await aPage();
  const ids = Array.from({ length: 1_500 }, (_, number) => `host-${number}`);
  fake.hub.results[CONFIG_SET] = { revisions: Object.fromEntries(ids.slice(0, 1_000).map((id) => [id, 2])) };
  fake.hub.errors = ["", "vedette.error.unknown_host"];
  const problem = await changes.save(ids, { changes: { interval: 5 }, tags: NO_TAGS });
  assert.deepEqual(fake.hub.calls.map(({ keywords }) => keywords.hosts.length), [1_000, 500]);
  assert.match(problem, /^Only 1,000 of 1,500 hosts were changed: the hub refused, .*unknown_host/);
  assert.equal(changes.kept[0]?.revisions.size, 1_000);
});

test("a connection that is lost meanwhile is named, with what to look at", async () => {
  const store = new FleetStore();
  const session = /** @type {any} */ ({
    isJoined: true,
    call: async () => {
      throw new Error("there is no session");
    },
  });
  const changes = new SettingsChanges(session, store, formatter("en"), TABLE);
  const problem = await changes.save(["a"], { changes: { interval: 5 }, tags: NO_TAGS });
  assert.equal(
    problem,
    "The connection to the hub was lost before it answered (there is no session). Whether it has stored this shows in the state of each host's settings.",
  );
});
