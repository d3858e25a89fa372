import assert from "node:assert/strict";
import { test } from "node:test";
import { Awake } from "../../static/js/awake.js";
import { settle } from "./support/fakes.js";

function aScreen() {
  /** @type {{released: boolean, release: () => Promise<void>}[]} */
  const locks = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  const awake = new Awake(async () => {
    await new Promise((resolve) => waiting.push(() => resolve(undefined)));
    const lock = { released: false, release: async () => void (lock.released = true) };
    locks.push(lock);
    return lock;
  });
  const grant = async () => (waiting.shift()?.(), await settle());
  return { awake, grant, waiting, held: () => locks.filter(({ released }) => !released).length, locks };
}

test("the screen stays awake while that is wanted", async () => {
  const { awake, grant, held } = aScreen();
  void awake.keep(true);
  await grant();
  assert.equal(held(), 1);
  await awake.keep(false);
  assert.equal(held(), 0);
});

test("what is granted when nobody wants it any more is given back at once", async () => {
  const { awake, grant, held, locks } = aScreen();
  void awake.keep(true);
  void awake.keep(false);
  await grant();
  assert.deepEqual([locks.length, held()], [1, 0]);
});

test("it is asked for once, and again when the browser has taken it", async () => {
  const { awake, grant, held, waiting, locks } = aScreen();
  for (const wanted of [true, false, true]) void awake.keep(wanted);
  assert.equal(waiting.length, 1);
  await grant();
  assert.equal(held(), 1);
  await awake.keep(true);
  assert.equal(waiting.length, 0);
  await locks[0]?.release(); // as the browser does to a page that is hidden
  void awake.keep(true);
  await grant();
  assert.equal(held(), 1);
});
