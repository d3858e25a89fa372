import assert from "node:assert/strict";
import { test } from "node:test";
import { Recent, coursesOf } from "../../static/js/recent.js";
import { Ring } from "../../static/js/ring.js";
import { Series } from "../../static/js/series.js";
import { Session } from "../../static/js/session.js";
import { FleetStore } from "../../static/js/store.js";
import { FakePlatform, settle } from "./support/fakes.js";
import { NOW, aHost } from "./support/hosts.js";

const TEN = NOW / 10;

/** @param {(number | null)[]} values */
const tail = (values, count = 3) => values.slice(-count);

test("a live bucket is the mean of its samples, the newest stands last, and silence is a gap", () => {
  const ring = new Ring();
  ring.add(TEN, 1);
  ring.add(TEN, 3);
  ring.add(TEN, null);
  ring.add(TEN + 2, 5);
  assert.deepEqual(tail(ring.values(TEN + 2)), [2, null, 5]);
  assert.deepEqual(tail(ring.values(TEN + 3)), [2, null, 5], "a bucket just begun is no gap");
  assert.deepEqual(tail(ring.values(TEN + 4)), [5, null, null]);
  assert.equal(ring.values(TEN + 200).filter((value) => value !== null).length, 0);
  assert.equal(ring.values(TEN).length, 60);
});

test("what is older than ten minutes is overwritten, what comes late from before that is dropped", () => {
  const ring = new Ring();
  for (let bucket = TEN; bucket < TEN + 65; bucket += 1) ring.add(bucket, bucket - TEN);
  assert.deepEqual(ring.values(TEN + 64).slice(0, 2), [5, 6]);
  ring.fill(TEN + 4, 99);
  ring.add(TEN + 3, 99);
  assert.ok(!ring.values(TEN + 64).includes(99));
});

test("the hub fills gaps and corrects, but not the bucket that is still growing here", () => {
  const ring = new Ring();
  ring.add(TEN, 8);
  ring.fill(TEN - 1, 4);
  ring.fill(TEN, 1);
  ring.fill(TEN - 2, null);
  assert.deepEqual(tail(ring.values(TEN)), [null, 4, 8]);
  ring.add(TEN, 10);
  assert.equal(ring.values(TEN).at(-1), 9);
});

const column = (/** @type {(number | null)[]} */ ...mean) => ({ min: mean, mean, max: mean });

test("memory as its share, all interfaces added up", () => {
  const series = {
    at: [NOW, NOW + 10],
    cpu_used_ratio: column(0.5, null),
    memory_used_bytes: column(4, null),
    network_received_bytes_per_second: Object.assign(Object.create(null), { eth0: column(1, null), ["__proto__"]: column(2, null) }),
    network_sent_bytes_per_second: { eth0: column(4, 8) },
  };
  const { cpu, memory, network } = coursesOf(series, 8);
  assert.deepEqual([cpu, memory, network.slice(1)], [[0.5, null], [0.5, null], [8]]);
  assert.deepEqual(coursesOf({ at: [NOW] }, null), { cpu: [], memory: [], network: [null] });
});

function aFleet() {
  const store = new FleetStore();
  store.beginPages();
  store.applyPage({ at: NOW, next: null, hosts: { a: aHost(), b: aHost() } }, NOW * 1000);
  return store;
}

async function aRecent(store = aFleet()) {
  const fake = new FakePlatform();
  fake.hub.results["vedette.history.get_series"] = { a: { at: [NOW - 20], cpu_used_ratio: column(0.25) } };
  const session = new Session(fake.platform);
  const recent = new Recent({ store, series: new Series(session), session, platform: fake.platform });
  session.start();
  await settle();
  return { fake, store, recent };
}

test("hosts that come into view together are read together, once in a session", async () => {
  const { fake, store, recent } = await aRecent();
  recent.want(["a"]);
  recent.want(["a", "b"]);
  await fake.advance(200);
  recent.want(["a", "b"]);
  await fake.advance(200);
  assert.deepEqual(fake.hub.calls.map(({ keywords }) => keywords.hosts), [["a", "b"]]);
  store.applyUpdate({ at: NOW, tick: 1, hosts: { a: { sample: { at: NOW, metrics: { cpu_used_ratio: 0.75 } } } } }, NOW * 1000);
  assert.deepEqual(tail(recent.of("a", NOW)?.cpu ?? []), [0.25, null, 0.75]);
  fake.hub.socket.close();
  await fake.advance(1_000);
  recent.want(["a"]);
  await fake.advance(200);
  assert.equal(fake.hub.calls.length, 2);
});

test("who scrolls past hosts asks for those only where the scrolling ends", async () => {
  const { fake, recent } = await aRecent();
  for (const id of ["a", "b", "a", "b"]) {
    recent.want([id]);
    await fake.advance(100);
  }
  for (let second = 0; second < 3; second += 1) recent.want(["b"]); // as each tick does
  await fake.advance(100);
  assert.deepEqual(fake.hub.calls.map(({ keywords }) => keywords.hosts), [["b"]]);
});

test("while the fleet is read nothing is asked for: with each page of hosts others come into view", async () => {
  const { fake, store, recent } = await aRecent(new FleetStore());
  store.beginPages();
  store.applyPage({ at: NOW, next: "a", hosts: { a: aHost() } }, NOW * 1000);
  recent.want(["a"]);
  await fake.advance(500);
  assert.equal(fake.hub.calls.length, 0);
  store.applyPage({ at: NOW, next: null, hosts: { b: aHost() } }, NOW * 1000);
  recent.want(["b"]);
  await fake.advance(200);
  assert.deepEqual(fake.hub.calls.map(({ keywords }) => keywords.hosts), [["b"]]);
});

test("a hub that refuses is asked again, but not at once", async (context) => {
  context.mock.method(console, "warn", () => {});
  const { fake, recent } = await aRecent();
  fake.hub.errors = ["wamp.error.no_such_procedure"];
  recent.want(["a"]);
  await fake.advance(300);
  for (let second = 0; second < 10; second += 1) recent.want(["a"]);
  await fake.advance(20_000);
  assert.equal(fake.hub.calls.length, 1);
  await fake.advance(15_000);
  assert.equal(fake.hub.calls.length, 2);
  assert.deepEqual(tail(recent.of("a", NOW)?.cpu ?? []), [0.25, null, null]);
  assert.equal(recent.of("b", NOW), null);
});

test("a session that ends meanwhile, as with the page, is worth no warning", async (context) => {
  const warned = context.mock.method(console, "warn", () => {});
  const { fake, recent } = await aRecent();
  fake.hub.answers = false;
  recent.want(["a"]);
  await fake.advance(300);
  fake.hub.socket.close();
  await fake.advance(0);
  assert.equal(warned.mock.callCount(), 0);
  fake.hub.answers = true;
  await fake.advance(1_000);
  assert.deepEqual(fake.hub.calls.map(({ keywords }) => keywords.hosts), [["a"]]);
});

test("what could not be read at a join is read with the next one, at once, however long the hub was away", async (context) => {
  context.mock.method(console, "warn", () => {});
  const { fake, recent } = await aRecent();
  fake.hub.errors = ["wamp.error.no_such_procedure"];
  recent.want(["a"]);
  await fake.advance(300);
  fake.hub.up = false;
  fake.hub.socket.close();
  await fake.advance(60_000); // the time to try again passes without a session
  assert.equal(fake.hub.calls.length, 1);
  fake.hub.up = true;
  await fake.advance(60_000);
  assert.deepEqual(fake.hub.calls.map(({ keywords }) => keywords.hosts), [["a"], ["a"]]);
  assert.deepEqual(tail(recent.of("a", NOW)?.cpu ?? []), [0.25, null, null]);
});
