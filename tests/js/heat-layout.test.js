import assert from "node:assert/strict";
import { test } from "node:test";
import { cellSize } from "../../static/js/heat-layout.js";

const LAPTOP = { width: 87, height: 44, gap: 0.125, label: 0 };
const PHONE = { width: 22, height: 30, gap: 0.125, label: 0 };
const BY_MOUSE = { long: false, touched: false };

test("a few hosts have their names in the cells", () => {
  assert.equal(cellSize([20], LAPTOP, BY_MOUSE).detail, "name");
});

test("a thousand hosts fit a laptop with their percentages", () => {
  const { detail, height, columns } = cellSize([1000], LAPTOP, BY_MOUSE);
  assert.equal(detail, "value");
  assert.ok(Math.ceil(1000 / columns) * (height + LAPTOP.gap) <= LAPTOP.height);
});

test("long values give way to colour before the map is longer than the window", () => {
  assert.equal(cellSize([100], LAPTOP, { ...BY_MOUSE, long: true }).detail, "name");
  assert.equal(cellSize([300], LAPTOP, { ...BY_MOUSE, long: true }).detail, "value");
  const { detail, height, columns } = cellSize([1000], LAPTOP, { ...BY_MOUSE, long: true });
  assert.equal(detail, "colour");
  assert.ok(Math.ceil(1000 / columns) * (height + LAPTOP.gap) <= LAPTOP.height);
});

test("groups take room for their names and for rows they do not fill", () => {
  const alone = cellSize([1000], LAPTOP, BY_MOUSE);
  const grouped = cellSize(Array(20).fill(50), { ...LAPTOP, label: 1.5 }, BY_MOUSE);
  assert.ok(grouped.height < alone.height);
});

test("what does not fit at the smallest size is scrolled, and a finger still meets a cell", () => {
  assert.deepEqual(cellSize([100_000], LAPTOP, BY_MOUSE).height, 0.75);
  assert.deepEqual(cellSize([1000], PHONE, { ...BY_MOUSE, touched: true }).height, 1.5);
});

test("there is a column in the narrowest of windows", () => {
  assert.equal(cellSize([3], { ...PHONE, width: 0.1 }, BY_MOUSE).columns, 1);
});
