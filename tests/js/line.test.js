import assert from "node:assert/strict";
import { test } from "node:test";
import { REGULAR, isLong } from "../../static/js/line.js";

test("what certainly fits is not cut off", () => {
  assert.equal(isLong("", 1), false);
  assert.equal(isLong("web-0042", 7.5), false);
  assert.equal(isLong("db-primary-01", 7.2), false);
  assert.equal(isLong("down 3 h", 4.75), false);
  assert.equal(isLong("up 12 min", 4.75 / REGULAR), false);
  assert.equal(isLong("192.168.10.200", 6.7 / REGULAR), false);
  for (const label of ["CPU", "Memory", "Network", "Swap", "Disk", "Load"]) assert.equal(isLong(label, 4 / REGULAR), false, label);
  assert.equal(isLong("Ærøskøbing", 7.5), false);
  assert.equal(isLong("сервер", 7.5), false);
  assert.equal(isLong("東京", 4), false);
  assert.equal(isLong("illiilliil", 4), false, "narrow letters");
});

test("what may be too wide is, in case of doubt too", () => {
  assert.equal(isLong("x".repeat(300), 7.5), true);
  assert.equal(isLong("WWWWWWWWWW", 7.5), true);
  assert.equal(isLong("nnnnnnnnnn", 6), true, "as many letters as fit in a narrower font");
  assert.equal(isLong("192.168.100.200", 6.7 / REGULAR), true, "of DejaVu Sans");
  assert.equal(isLong("主机主机主机主机", 7.1), true);
  assert.equal(isLong("2001:db8:85a3:8d3:1319:8a2e:370:7348", 6.5), true);
});

test("nobody knows how wide other letters are", () => {
  const others = {
    "a sentence in one letter": "\ufdfd",
    "three dashes in one": "\u2e3b",
    "a combining mark": "z\u0351",
    "a combining mark of kana": "か\u3099",
    "a picture": "😀",
    "the other direction": "\u202eabc",
    "Hebrew": "אב",
    "Devanagari": "क",
    "a tab": "\t",
    "half a letter": "\ud83d",
    "a soft hyphen": "\u00ad",
    "Cyrillic millions": "\u0489",
  };
  for (const [what, text] of Object.entries(others)) assert.equal(isLong(text, 20), true, what);
});

test("every letter of ASCII has a width", () => {
  for (let code = 0x20; code < 0x7f; code += 1) assert.equal(isLong(String.fromCharCode(code), 1.3), false, String.fromCharCode(code));
});
