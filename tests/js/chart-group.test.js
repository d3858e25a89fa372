import assert from "node:assert/strict";
import { test } from "node:test";
import { ChartGroup } from "../../static/js/chart-group.js";

const NOW = 1_700_000_000;

function aGroup() {
  const group = new ChartGroup(300);
  const state = { changes: 0 };
  group.changed.listen(() => (state.changes += 1));
  return { group, state };
}

test("a live group moves with the time", () => {
  const { group } = aGroup();
  assert.deepEqual(group.range(NOW), [NOW - 300, NOW]);
  assert.deepEqual(group.range(NOW + 5), [NOW - 295, NOW + 5]);
  assert.ok(group.isLive);
});

test("zooming holds the time still, until somebody wants to be live again", () => {
  const { group, state } = aGroup();
  group.zoom(NOW - 20, NOW - 10);
  assert.deepEqual(group.range(NOW + 100), [NOW - 20, NOW - 10]);
  assert.ok(!group.isLive);
  group.live();
  assert.deepEqual(group.range(NOW), [NOW - 300, NOW]);
  assert.equal(state.changes, 2);
});

test("a slip of the hand is no zoom", () => {
  const { group, state } = aGroup();
  group.zoom(NOW, NOW + 0.1);
  assert.ok(group.isLive);
  assert.equal(state.changes, 0);
});

test("pausing keeps what is seen, pausing again goes on", () => {
  const { group } = aGroup();
  group.toggle(NOW);
  assert.deepEqual(group.range(NOW + 50), [NOW - 300, NOW]);
  group.toggle(NOW + 50);
  assert.deepEqual(group.range(NOW + 50), [NOW - 250, NOW + 50]);
});

test("another window is live", () => {
  const { group } = aGroup();
  group.toggle(NOW);
  group.show(60);
  assert.deepEqual(group.range(NOW), [NOW - 60, NOW]);
});

test("who has left hears nothing more", () => {
  const { group } = aGroup();
  let heard = 0;
  const leave = group.changed.listen(() => (heard += 1));
  group.live();
  leave();
  group.live();
  assert.equal(heard, 1);
});
