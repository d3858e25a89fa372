import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed } from "../../static/js/feed.js";
import { FLEET_GET_SNAPSHOT } from "../../static/js/protocol.js";
import { Session } from "../../static/js/session.js";
import { FleetStore } from "../../static/js/store.js";
import { FakePlatform, settle } from "./support/fakes.js";
import { NOW, aHost } from "./support/hosts.js";

async function aFeed() {
  const fake = new FakePlatform();
  fake.hub.pages = {
    "": { at: NOW, next: "b", hosts: { a: aHost({ name: "a" }), b: aHost({ name: "b" }) } },
    b: { at: NOW, next: null, hosts: { c: aHost({ name: "c" }) } },
  };
  const session = new Session(fake.platform);
  const store = new FleetStore();
  const feed = new Feed(session, store, fake.platform);
  feed.start();
  await settle();
  return { fake, session, store, feed };
}

/** @param {FleetStore} store */
const names = (store) => store.entries().map(({ host }) => host.name);

test("reads all pages and merges updates", async () => {
  const { fake, store } = await aFeed();
  assert.deepEqual(names(store), ["a", "b", "c"]);
  assert.ok(store.complete);
  await fake.hub.publish({ b: { status: "down" } });
  assert.equal(store.get("b")?.status, "down");
});

test("a missed tick makes it read everything again", async () => {
  const { fake, store } = await aFeed();
  await fake.hub.publish({ a: { status: "down" } });
  const calls = fake.hub.calls.length;
  fake.hub.pages = { "": { at: NOW, next: null, hosts: { a: aHost({ name: "renamed" }) } } };
  await fake.hub.publish({}, 9);
  assert.equal(fake.hub.calls.length, calls + 1);
  assert.deepEqual(names(store), ["renamed"]);
  await fake.hub.publish({ a: { status: "down" } });
  assert.equal(fake.hub.calls.length, calls + 1);
});

test("a new session reads everything anew, whatever its tick", async () => {
  const { fake, store } = await aFeed();
  await fake.hub.publish({}, 500);
  fake.hub.pages = { "": { at: NOW, next: null, hosts: { z: aHost({ name: "z" }) } } };
  fake.hub.socket.close();
  await fake.advance(500);
  assert.deepEqual(names(store), ["z"]);
  const calls = fake.hub.calls.length;
  await fake.hub.publish({}, 1);
  assert.equal(fake.hub.calls.length, calls);
});

test("a fleet component that is not there yet is asked again", async (context) => {
  context.mock.method(console, "warn", () => {});
  const { fake, store } = await aFeed();
  fake.hub.errors = ["wamp.error.no_such_procedure", "wamp.error.no_such_procedure"];
  fake.hub.pages = { "": { at: NOW, next: null, hosts: { z: aHost({ name: "z" }) } } };
  fake.hub.socket.close();
  await fake.advance(500);
  assert.deepEqual(names(store), ["a", "b", "c"]);
  await fake.advance(1_500);
  assert.deepEqual(names(store), ["z"]);
});

test("after silence the hub is asked, and left if it does not answer", async () => {
  const { fake } = await aFeed();
  await fake.advance(40_000);
  assert.equal(fake.hub.sockets.length, 1);
  fake.hub.answers = false;
  await fake.advance(4_000 + 4_000 + 500);
  assert.equal(fake.hub.sockets.length, 2);
});

test("it is live once everything was read, and not while a new session cannot read it; a short interruption is not worth a word", async (context) => {
  context.mock.method(console, "warn", () => {});
  const { fake, feed } = await aFeed();
  /** @type {boolean[]} */
  const said = [];
  feed.changed.listen(() => said.push(feed.isLive));
  assert.ok(feed.isLive);
  fake.hub.socket.close();
  await fake.advance(700);
  assert.deepEqual([fake.hub.sockets.length, said], [2, []]);
  fake.hub.errors = Array(3).fill("wamp.error.no_such_procedure");
  fake.hub.socket.close();
  await fake.advance(2_500);
  assert.deepEqual([fake.hub.sockets.length, said], [3, [false]]);
  await fake.advance(5_000);
  assert.deepEqual(said, [false, true]);
});

test("it is not live while the hub refuses to be read, and reads everything again when it does not", async () => {
  const { fake, store, feed } = await aFeed();
  fake.hub.errors = ["wamp.error.no_such_procedure"];
  await fake.advance(4_000);
  assert.ok(!feed.isLive);
  fake.hub.pages = { "": { at: NOW, next: null, hosts: { z: aHost({ name: "z" }) } } };
  await fake.advance(4_000);
  assert.deepEqual([feed.isLive, names(store)], [true, ["z"]]);
});

test("what was read before it followed the fleet is read again", async () => {
  const fake = new FakePlatform();
  const store = new FleetStore();
  const before = { "": { at: NOW, next: "b", hosts: { a: aHost({ name: "a" }) } }, b: { at: NOW, next: null, hosts: {} } };
  fake.hub.subscribes = false;
  fake.hub.results[FLEET_GET_SNAPSHOT] = (/** @type {{after: "" | "b"}} */ { after }) => {
    if (after) fake.hub.results[FLEET_GET_SNAPSHOT] = { at: NOW, next: null, hosts: { a: aHost({ name: "renamed" }) } };
    if (after) fake.hub.subscribed();
    return before[after];
  };
  new Feed(new Session(fake.platform), store, fake.platform).start();
  await settle();
  await fake.wake();
  assert.deepEqual(names(store), ["renamed"]);
});
