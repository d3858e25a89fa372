import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, answer, bestOffset, withAnswer } from "../../static/js/clock.js";
import { Session } from "../../static/js/session.js";
import { FleetStore } from "../../static/js/store.js";
import { FakePlatform, settle } from "./support/fakes.js";
import { NOW } from "./support/hosts.js";

test("each answer leaves a range, and where all of them meet the offset is", () => {
  const quick = answer(1000.031, 1_000_000, 1_000_020);
  assert.deepEqual([Math.round(quick.offsetMs), quick.roundTripMs], [21, 20]);
  const readLate = answer(1000.02, 1_000_000, 1_000_300); // the hub was quick, this page was not
  assert.equal(Math.round(bestOffset([readLate])), -130);
  assert.equal(Math.round(bestOffset([readLate, quick])), 16);
  const drifted = answer(1000.531, 1_000_000, 1_000_020);
  assert.equal(Math.round(bestOffset([quick, drifted])), 521, "of equals the newest");
});

test("when a clock was set, the next answer says so, however slow it is", () => {
  const quick = answer(1000.02, 1_000_000, 1_000_020);
  const slow = answer(1000.3, 1_000_000, 1_000_800);
  assert.deepEqual(withAnswer([quick], slow), [quick, slow], "no news within what it can be wrong by");
  const later = answer(1060.4, 1_000_000, 1_000_800);
  assert.deepEqual(withAnswer([quick, slow], later), [later]);
  assert.equal(Math.round(bestOffset(withAnswer([quick, slow], later))), 60_000);
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

test("what was measured beats what messages say, unless one came before it was sent, until this machine's clock was set", () => {
  const store = new FleetStore();
  const update = (/** @type {number} */ tick, /** @type {number} */ at) => store.applyUpdate({ at, tick, hosts: {} }, NOW * 1000);
  update(1, NOW - 0.2);
  assert.equal(store.hubTime(NOW * 1000), NOW - 0.2);
  store.setClockOffset(30);
  update(2, NOW - 0.2);
  assert.equal(store.hubTime(NOW * 1000), NOW + 0.03);
  update(3, NOW + 0.05);
  assert.equal(store.hubTime(NOW * 1000), NOW + 0.05);
  update(4, NOW + 3600);
  assert.equal(store.hubTime(NOW * 1000), NOW + 3600);
});
