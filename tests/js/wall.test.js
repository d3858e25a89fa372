import assert from "node:assert/strict";
import { test } from "node:test";
import { wallView } from "../../static/js/wall.js";

const LAPTOP = { width: 1440, height: 900 };
const WALL = { width: 3840, height: 2160 };

test("a wall shows cards where all of them fit", () => {
  assert.equal(wallView(15, "table", LAPTOP), "cards");
  assert.equal(wallView(16, "cards", LAPTOP), "heat");
  assert.equal(wallView(10, "table", { width: 1366, height: 768 }), "cards");
  assert.equal(wallView(11, "table", { width: 1366, height: 768 }), "heat");
  assert.equal(wallView(40, "", WALL), "cards");
  assert.equal(wallView(41, "", WALL), "heat");
  assert.equal(wallView(2, "heat", WALL), "heat");
  assert.equal(wallView(1, "", { width: 200, height: 200 }), "cards");
});
