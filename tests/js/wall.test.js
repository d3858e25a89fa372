import assert from "node:assert/strict";
import { test } from "node:test";
import { WallView, mostOf } from "../../static/js/wall-view.js";

const LAPTOP = { width: 1440, height: 900 };
const WALL = { width: 3840, height: 2160 };

/**
 * @param {number} hosts
 * @param {{room?: typeof LAPTOP, rows?: number}} [wall]
 */
function of(hosts, { room = LAPTOP, rows = 8 } = {}) {
  return { hosts, room, rows: () => rows };
}

test("how many hosts fit a wall", () => {
  assert.equal(mostOf("cards", LAPTOP), 15);
  assert.equal(mostOf("cards", { width: 1366, height: 768 }), 10);
  assert.equal(mostOf("cards", WALL), 40);
  assert.equal(mostOf("cards", { width: 200, height: 200 }), 1);
  assert.equal(mostOf("table", LAPTOP), 23);
  assert.equal(mostOf("heat", LAPTOP), Infinity);
});

test("a wall shows what was chosen where all hosts fit, otherwise a heat map", () => {
  assert.equal(new WallView().view("cards", of(15), 0), "cards");
  assert.equal(new WallView().view("cards", of(16), 0), "heat");
  assert.equal(new WallView().view("table", of(16), 0), "table");
  assert.equal(new WallView().view("table", of(24), 0), "heat");
  assert.equal(new WallView().view("heat", of(2), 0), "heat");
  assert.equal(new WallView().view("overlay", of(2_000), 0), "overlay");
});

test("it goes back when there has been room for a while, and does not turn to and fro at the edge", () => {
  const wall = new WallView();
  assert.equal(wall.view("cards", of(16), 0), "heat");
  for (const [hosts, now] of /** @type {const} */ ([[15, 10], [14, 30], [13, 50], [14, 55], [13, 60], [13, 69.9]]))
    assert.equal(wall.view("cards", of(hosts), now), "heat", `${hosts} hosts at ${now} s`);
  assert.equal(wall.view("cards", of(13), 70), "cards");
  assert.equal(wall.view("cards", of(15), 71), "cards");
  assert.equal(wall.view("cards", of(16), 72), "heat");
  assert.equal(wall.view("cards", of(13), 80), "heat"); // the room is to be there for a while again
});

test("another window and another choice count at once", () => {
  const wall = new WallView();
  assert.equal(wall.view("cards", of(16), 0), "heat");
  assert.equal(wall.view("cards", of(16, { room: WALL }), 0), "cards");
  assert.equal(wall.view("cards", of(16), 0), "heat");
  assert.equal(wall.view("table", of(16), 0), "table");
});

test("cards that are longer than usual", () => {
  const wall = new WallView();
  assert.equal(wall.view("cards", of(10, { rows: 14 }), 0), "cards");
  wall.misfit(10, 14);
  assert.equal(wall.view("cards", of(10, { rows: 14 }), 1), "heat");
  assert.equal(wall.view("cards", of(9, { rows: 14 }), 20), "heat");
  assert.equal(wall.view("cards", of(10, { rows: 8 }), 30), "heat");
  assert.equal(wall.view("cards", of(10, { rows: 8 }), 40), "cards");
  wall.misfit(10, 8);
  assert.equal(wall.view("cards", of(10), 41), "heat");
  assert.equal(wall.view("cards", of(8), 42), "heat");
  assert.equal(wall.view("cards", of(8), 52), "cards");
});

test("one host is shown as it was chosen, however small the window is", () => {
  const wall = new WallView();
  const small = of(1, { room: { width: 200, height: 200 } });
  assert.equal(wall.view("cards", small, 0), "cards");
  wall.misfit(1, 8);
  assert.equal(wall.view("cards", small, 1), "cards");
});
