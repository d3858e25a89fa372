/** @typedef {{[key: string]: unknown}} Fields */

/**
 * `fields` with `patch` merged into it, key by key at every level; null removes a key. Neither is changed, and what the patch does
 * not touch is shared, so `===` tells what changed.
 * @param {Fields} fields
 * @param {Fields} patch
 * @returns {Fields}
 */
export function merge(fields, patch) {
  const merged = plain(fields);
  for (const [key, value] of Object.entries(patch)) {
    const before = merged[key];
    if (value === null) delete merged[key];
    else if (isMap(value)) merged[key] = merge(isMap(before) ? before : {}, value);
    else merged[key] = value;
  }
  return merged;
}

/**
 * A copy without a prototype: a host may well name a disk `__proto__`.
 * @param {Fields} fields
 * @returns {Fields}
 */
function plain(fields) {
  return Object.assign(Object.create(null), fields);
}

/**
 * @param {unknown} value
 * @returns {value is Fields}
 */
function isMap(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
