/** The text is no expression: where, why, and what to write instead. */
export class ExpressionError extends Error {
  /**
   * @param {string} message with the remedy
   * @param {number} start of the part that is wrong
   * @param {number} end
   */
  constructor(message, start, end) {
    super(message);
    this.start = start;
    this.end = end;
  }
}

const VALUE = /"([^"]*)"|([^\s()"]+)/y;
const WORD = /"([^"]*)"|([^\s()"<>=]+)/y;
const CONNECTIVE = /(and|or|not)(?=[\s()"]|$)/iy;

/** Walks through the text of an expression, from left to right. */
export class Scanner {
  /** The place of the next character. */
  at = 0;
  #text;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  get isEnd() {
    return this.at >= this.#text.length;
  }

  get next() {
    return this.#text[this.at] ?? "";
  }

  /** @param {string} character */
  isAt(character) {
    return this.next === character;
  }

  skip() {
    while (/\s/.test(this.next)) this.at += 1;
  }

  /** The next "and", "or" or "not", which stays where it is. */
  peek() {
    CONNECTIVE.lastIndex = this.at;
    return CONNECTIVE.exec(this.#text)?.[1]?.toLowerCase();
  }

  /**
   * @param {string} word
   * @returns {boolean} whether it stood here; it is passed then
   */
  connective(word) {
    if (this.peek() !== word) return false;
    this.at += word.length;
    this.skip();
    return true;
  }

  /** What follows an operator or a colon, without its quotes. */
  value() {
    return quoted(this.match(VALUE));
  }

  word() {
    return quoted(this.match(WORD));
  }

  /** @param {RegExp} pattern sticky; what it finds is passed */
  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  /**
   * @param {string} message
   * @param {number} length of the wrong part from here on, or, negative, before here
   */
  error(message, length) {
    return new ExpressionError(message, Math.min(this.at, this.at + length), Math.max(this.at, this.at + length));
  }
}

/** @param {RegExpExecArray | null} found */
function quoted(found) {
  return found?.[1] ?? found?.[2];
}
