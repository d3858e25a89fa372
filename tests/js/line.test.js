import assert from "node:assert/strict";
import { test } from "node:test";
import { isLong } from "../../static/js/line.js";

test("what certainly fits is not cut off", () => {
  assert.equal(isLong("", 1), false);
  assert.equal(isLong("web-0042", 7.5), false);
  assert.equal(isLong("down 3 h", 4.75), false);
  assert.equal(isLong("192.168.100.200", 6.7), false);
});

test("what may be too wide is, in case of doubt too", () => {
  assert.equal(isLong("x".repeat(300), 7.5), true);
  assert.equal(isLong("WWWWWWWWWW", 7.5), true);
  assert.equal(isLong("illiilliil", 4), false, "as many letters, but narrow ones");
  assert.equal(isLong("主机主机主机主机", 7.5), true);
  assert.equal(isLong("2001:db8:85a3:8d3:1319:8a2e:370:7348", 6.5), true);
});
