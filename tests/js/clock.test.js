import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, answer, bestOffset } from "../../static/js/clock.js";
import { Session } from "../../static/js/session.js";
import { FleetStore } from "../../static/js/store.js";
import { FakePlatform, settle } from "./support/fakes.js";
import { NOW } from "./support/hosts.js";

test("the answer with the shortest way counts, of equals the newest", () => {
  const slow = answer(1000.5, 1_000_000, 1_000_400);
  const quick = answer(1000.031, 1_000_000, 1_000_020);
  assert.deepEqual([Math.round(slow.offsetMs), Math.round(quick.offsetMs)], [300, 21]);
  assert.equal(bestOffset([slow, quick, slow]), quick.offsetMs);
  const newer = { ...quick, offsetMs: 25 };
  assert.equal(bestOffset([quick, newer]), 25);
});

test("asks at each session, a few times soon and then seldom, and tells the store", async () => {
  const fake = new FakePlatform();
  fake.hub.pages["~"] = { at: fake.now_ms / 1000 + 7, next: null, hosts: {} };
  const session = new Session(fake.platform);
  const store = new FleetStore();
  new Clock(session, store, fake.platform);
  session.start();
  await settle();
  await fake.advance(500);
  assert.ok(Math.abs(store.hubTime(fake.now_ms) - fake.now_ms / 1000 - 6.5) < 0.01);
  await fake.advance(60_000);
  assert.equal(fake.hub.calls.length, 5);
  fake.hub.socket.close();
  await fake.advance(2_100);
  assert.equal(fake.hub.calls.length, 7);
});

test("what was measured beats what messages say, until this machine's clock was set", () => {
  const store = new FleetStore();
  const update = (/** @type {number} */ tick, /** @type {number} */ at) => store.applyUpdate({ at, tick, hosts: {} }, NOW * 1000);
  update(1, NOW - 0.2);
  assert.equal(store.hubTime(NOW * 1000), NOW - 0.2);
  store.setClockOffset(30);
  update(2, NOW - 0.2);
  assert.equal(store.hubTime(NOW * 1000), NOW + 0.03);
  update(3, NOW + 3600);
  assert.equal(store.hubTime(NOW * 1000), NOW + 3600);
});
