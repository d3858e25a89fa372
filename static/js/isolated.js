const ISOLATING = /[\u2066-\u2069]/g;

/**
 * Text of somebody else's within a sentence, where `<bdi>` cannot stand: whatever marks of direction it has end with it.
 * @param {string} text
 */
export function isolated(text) {
  return `\u2068${text.replace(ISOLATING, "")}\u2069`;
}

/**
 * The same in quotes.
 * @param {string} text
 */
export function quoted(text) {
  return `“${isolated(text)}”`;
}
