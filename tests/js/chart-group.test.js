import assert from "node:assert/strict";
import { test } from "node:test";
import { ChartGroup, closer } from "../../static/js/chart-group.js";

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

test("closer to a moment is half as much time, in which it stands where it stood", () => {
  assert.deepEqual(closer([100, 200], 100), [100, 150]);
  assert.deepEqual(closer([100, 200], 150), [125, 175]);
  assert.deepEqual(closer([100, 200], 180), [140, 190]);
});

test("back is what was seen before each zoom, and live at last", () => {
  const { group } = aGroup();
  group.toggle(NOW);
  group.zoom(NOW - 100, NOW - 50);
  group.zoom(NOW - 80, NOW - 60);
  group.back();
  assert.deepEqual(group.range(NOW), [NOW - 100, NOW - 50]);
  group.back();
  assert.deepEqual(group.range(NOW + 9), [NOW - 300, NOW]);
  group.back();
  assert.ok(group.isLive);
  group.zoom(NOW - 100, NOW - 50);
  group.zoom(NOW - 80, NOW - 60);
  group.live();
  group.zoom(NOW - 20, NOW - 10);
  group.back();
  assert.ok(group.isLive);
});
