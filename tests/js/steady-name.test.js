import assert from "node:assert/strict";
import { test } from "node:test";
import { SteadyName } from "../../static/js/steady-name.js";

/** Just enough of an element. */
class Target extends EventTarget {
  name = "";
  getAttribute = () => this.name;
  /** @param {string} _ @param {string} value */
  setAttribute = (_, value) => (this.name = value);
}

function aName() {
  const target = new Target();
  const page = { activeElement: /** @type {Target | null} */ (null) };
  Object.assign(globalThis, { document: page });
  return { target, page, name: new SteadyName(/** @type {any} */ (target)) };
}

test("a name follows what it says while nobody is there", () => {
  const { target, name } = aName();
  name.show("CPU 1%");
  name.show("CPU 2%");
  assert.equal(target.name, "CPU 2%");
});

test("it stands still under the focus, and is right again when the focus has gone", () => {
  const { target, page, name } = aName();
  name.show("CPU 1%");
  page.activeElement = target;
  for (const said of ["CPU 2%", "CPU 3%"]) name.show(said);
  assert.equal(target.name, "CPU 1%");
  page.activeElement = null;
  target.dispatchEvent(new Event("blur"));
  assert.equal(target.name, "CPU 3%");
});

test("it is said when somebody asks", () => {
  const { target, page, name } = aName();
  page.activeElement = target;
  name.show("CPU 2%");
  assert.equal(target.name, "");
  name.say();
  assert.equal(target.name, "CPU 2%");
});
