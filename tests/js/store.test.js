import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "../../static/js/merge.js";
import { FleetStore } from "../../static/js/store.js";
import { A_CONFIG, NOW, aHost } from "./support/hosts.js";

const NOW_MS = NOW * 1000;

function aStore() {
  const store = new FleetStore();
  store.beginPages();
  store.applyPage({ at: NOW, next: null, hosts: { a: aHost({ name: "a" }), b: aHost({ name: "b", status: "down" }) } }, NOW_MS);
  store.takeChanges();
  return store;
}

/**
 * @param {FleetStore} store
 * @param {Record<string, any>} hosts
 */
const update = (store, hosts, tick = 1) => store.applyUpdate({ at: NOW, tick, hosts }, NOW_MS);

/** @param {Record<string, any>} fields */
const whole = (fields) => ({ ...aHost(fields), whole: true });

test("merges at every level, and null removes", () => {
  const store = aStore();
  update(store, { a: { sample: { at: NOW, metrics: { cpu_core_used_ratio: { 1: 0.9 }, cpu_used_ratio: null } } } });
  const { sample } = store.get("a") ?? {};
  assert.equal(sample?.at, NOW);
  assert.deepEqual({ ...sample?.metrics, cpu_core_used_ratio: { .../** @type {any} */ (sample?.metrics.cpu_core_used_ratio) } }, {
    cpu_core_used_ratio: { 0: 0.4, 1: 0.9 },
  });
  update(store, { a: { sample: null } }, 2);
  assert.equal(store.get("a")?.sample, undefined);
});

test("tags are replaced, hosts come and go", () => {
  const store = aStore();
  update(store, { a: { tags: ["x", "y"] } });
  update(store, { a: { tags: ["z"] }, b: null, c: whole({ name: "c" }) }, 2);
  assert.deepEqual(store.get("a")?.tags, ["z"]);
  assert.deepEqual(store.entries().map(({ id }) => id), ["a", "c"]);
});

test("a whole host takes the place of what was known of it", () => {
  const store = aStore();
  update(store, { a: whole({ sample: { at: NOW, metrics: { load_1m: 1 }, failed: {} } }) });
  assert.deepEqual(Object.keys(store.get("a")?.sample?.metrics ?? {}), ["load_1m"]);
  assert.ok(!("whole" in (store.get("a") ?? {})));
});

test("however much of a host changes at once, the rest stays", () => {
  const store = aStore();
  const { name, tags, status, sample } = aHost({ name: "new" });
  update(store, { a: { name, tags, status, sample, config: { revision: A_CONFIG.revision + 1 } } });
  assert.equal(store.get("a")?.address, aHost().address);
  assert.equal(store.get("a")?.config?.status, A_CONFIG.status);
});

test("a part of an unknown host waits for its page", () => {
  const store = aStore();
  update(store, { z: { sample: { at: NOW } } });
  assert.equal(store.get("z"), undefined);
});

test("a gap in the ticks is noticed, a first tick is none", () => {
  const store = aStore();
  assert.ok(update(store, {}, 41));
  assert.ok(update(store, {}, 42));
  assert.ok(!update(store, {}, 44));
  assert.ok(update(store, {}, 45));
  assert.ok(update(store, { a: { name: "late" } }, 45), "one that comes twice is no gap");
  assert.notEqual(store.get("a")?.name, "late");
  store.forgetTick();
  assert.ok(update(store, {}, 1));
});

test("what the last page did not show is gone, what came meanwhile stays", () => {
  const store = aStore();
  store.beginPages();
  update(store, { n: whole({ name: "n" }) });
  store.applyPage({ at: NOW, next: "a", hosts: { a: aHost() } }, NOW_MS);
  assert.ok(store.get("b"));
  store.applyPage({ at: NOW, next: null, hosts: {} }, NOW_MS);
  assert.deepEqual(store.entries().map(({ id }) => id).sort(), ["a", "n"]);
});

test("changes are told once, with what was before", () => {
  const store = aStore();
  update(store, { b: { status: "up" } });
  update(store, { b: { status: "down" } }, 2);
  update(store, { b: { status: "up" } }, 3);
  const changes = store.takeChanges();
  assert.deepEqual([...changes].map(([id, before]) => [id, before?.status]), [["b", "down"]]);
  assert.equal(store.takeChanges().size, 0);
});

test("counts by status", () => {
  const store = aStore();
  update(store, { c: whole({ status: "disabled" }) });
  assert.deepEqual(store.counts(), { up: 1, down: 1, disabled: 1, unapproved: 0 });
});

test("knows the hub's clock", () => {
  const store = aStore();
  store.applyUpdate({ at: NOW + 100, tick: 1, hosts: {} }, NOW_MS);
  assert.equal(store.hubTime(NOW_MS + 2_000), NOW + 102);
});

test("merge shares what did not change and survives hostile names", () => {
  const before = merge({}, JSON.parse('{"sample": {"metrics": {"disk": {"__proto__": 1}}}, "config": {"revision": 1}}'));
  const after = merge(before, JSON.parse('{"sample": {"metrics": {"disk": {"__proto__": 2}, "__proto__": {"polluted": true}}}}'));
  assert.equal(after.config, before.config);
  assert.notEqual(after.sample, before.sample);
  assert.equal(/** @type {any} */ (after).sample.metrics.disk["__proto__"], 2);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});

test("the last values outlive the hub, until there are new ones", () => {
  const store = aStore();
  const last = store.get("a")?.sample;
  store.forgetTick();
  store.beginPages();
  store.applyPage({ at: NOW, next: null, hosts: { a: aHost({ status: "down", sample: null }) } }, NOW_MS);
  assert.deepEqual(store.get("a")?.sample, last);
  update(store, { a: { status: "up" } });
  assert.deepEqual(store.get("a")?.sample, last);
  update(store, { a: { sample: { at: NOW, metrics: { load_1m: 1 }, failed: {} } } }, 2);
  assert.deepEqual(Object.keys(store.get("a")?.sample?.metrics ?? {}), ["load_1m"]);
});
