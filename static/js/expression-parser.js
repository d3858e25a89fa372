import { FIELDS, STATUSES, fieldNamed } from "./fields.js";
import { exampleOf, parseQuantity, unitOf } from "./quantity.js";

/** @import { Field } from "./fields.js" */
/** @import { Quantity } from "./quantity.js" */

/**
 * What people type to find hosts. Beside one another means "and":
 *
 *     web berlin            both words occur in name, address or tags
 *     cpu > 80              a field or its alias; also cpu>80%, disk.free < 10G, uptime < 1h
 *     memory_used_bytes > 4G, cpu_core_used_ratio[3] > 0.9
 *                           a metric by its full name: that instance, or any
 *     tag:web status:down   a text field; name:"two words"
 *     -db, not db, a or b, (a b) or c
 */

/** @typedef {{kind: "compare", of: Field["of"] | null, metric: string, instance: string | null, operator: string, limit: number}} Comparison of a field, or else of a metric */
/**
 * @typedef {{kind: "all" | "any", parts: Node[]} | {kind: "not", part: Node} | {kind: "word", text: string}
 *   | {kind: "is", field: Field, text: string, exact: boolean} | Comparison} Node
 */

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

/** Deeper is nobody's search, and no reason to fill the stack. */
const MOST_DEPTH = 50;

const COMPARISON = /([a-z_][\w.]*)\s*(?:\[([^\]]*)\]\s*)?(<=|>=|==|!=|=|<|>)\s*/iy;
const KEYED = /([a-z_][\w.]*):/iy;
const VALUE = /"([^"]*)"|([^\s()"]+)/y;
const WORD = /"([^"]*)"|([^\s()"<>=]+)/y;
const CONNECTIVE = /(and|or|not)(?=[\s()"]|$)/iy;

/**
 * @param {string} text
 * @returns {Node | null} null: every host
 * @throws {ExpressionError}
 */
export function parseExpression(text) {
  return new Parser(text).parse();
}

class Parser {
  #text;
  #at = 0;
  #depth = 0;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  parse() {
    this.#skip();
    if (this.#isEnd) return null;
    const node = this.#any();
    if (!this.#isEnd) throw this.#error("This bracket closes nothing. Remove it, or open one before it.", 1);
    return node;
  }

  /** @returns {Node} */
  #any() {
    const parts = [this.#all()];
    while (this.#connective("or")) parts.push(this.#all());
    return parts[0] && parts.length === 1 ? parts[0] : { kind: "any", parts };
  }

  /** @returns {Node} */
  #all() {
    const parts = [this.#one()];
    while (!this.#isEnd && !this.#isAt(")") && this.#peek() !== "or") {
      this.#connective("and");
      parts.push(this.#one());
    }
    return parts[0] && parts.length === 1 ? parts[0] : { kind: "all", parts };
  }

  /** @returns {Node} */
  #one() {
    if (++this.#depth > MOST_DEPTH) throw this.#error(`This is nested more than ${MOST_DEPTH} deep.`, 1);
    const node = this.#negation() ?? this.#group() ?? this.#comparison() ?? this.#keyed() ?? this.#word();
    this.#depth -= 1;
    this.#skip();
    return node;
  }

  /** @returns {Node | null} */
  #negation() {
    const isDash = this.#isAt("-") && /[^\s]/.test(this.#text[this.#at + 1] ?? " ");
    if (isDash) this.#at += 1;
    else if (!this.#connective("not")) return null;
    return { kind: "not", part: this.#one() };
  }

  /** @returns {Node | null} */
  #group() {
    if (!this.#isAt("(")) return null;
    const start = this.#at;
    this.#at += 1;
    this.#skip();
    if (this.#isAt(")")) throw new ExpressionError("Nothing stands between these brackets.", start, this.#at + 1);
    const node = this.#any();
    if (!this.#isAt(")")) throw new ExpressionError("This bracket is never closed. Write ) where it should end.", start, start + 1);
    this.#at += 1;
    return node;
  }

  /** @returns {Node | null} */
  #comparison() {
    const start = this.#at;
    const [, name, instance, sign] = this.#match(COMPARISON) ?? [];
    if (name === undefined || sign === undefined) return null;
    const operator = sign === "==" ? "=" : sign;
    const field = fieldNamed(name);
    if (!field && !name.includes("_")) throw new ExpressionError(unknownField(name), start, start + name.length);
    if (field?.unit === "text") return this.#textComparison(field, operator, start);
    if (field && instance !== undefined)
      throw new ExpressionError(`${name} is one number. Brackets go behind the full name of a metric: disk_used_bytes[/] > 10G.`, start, this.#at);
    const limit = this.#limit(`${name} ${operator}`, field?.unit ?? unitOf(name), !field, start);
    return { kind: "compare", of: field?.of ?? null, metric: field ? "" : name, instance: instance ?? null, operator, limit };
  }

  /**
   * @param {string} asked what stands before it
   * @param {Quantity} unit
   * @param {boolean} isRaw
   * @param {number} start of what stands before it
   */
  #limit(asked, unit, isRaw, start) {
    const valueStart = this.#at;
    const remedy = `Write a number: ${asked} ${exampleOf(unit, isRaw)}.`;
    const typed = this.#value();
    if (typed === undefined) throw new ExpressionError(`Compared with what? ${remedy}`, start, valueStart);
    const limit = parseQuantity(typed, unit, isRaw);
    if (limit === null) throw new ExpressionError(`“${typed}” ${wrong(unit)}. ${remedy}`, valueStart, this.#at);
    return limit;
  }

  /**
   * @param {Field} field
   * @param {string} operator
   * @param {number} start
   * @returns {Node}
   */
  #textComparison(field, operator, start) {
    const text = this.#value();
    const remedy = `Write ${field.name}:${text ?? (field.name === "status" ? "down" : "something")}.`;
    if (text === undefined) throw new ExpressionError(`Compared with what? ${remedy}`, start, this.#at);
    if (operator !== "=" && operator !== "!=") throw new ExpressionError(`${field.name} is no number. ${remedy}`, start, this.#at);
    /** @type {Node} */
    const is = { kind: "is", field, text: this.#status(field, text), exact: true };
    return operator === "=" ? is : { kind: "not", part: is };
  }

  /** @returns {Node | null} */
  #keyed() {
    const start = this.#at;
    const name = this.#match(KEYED)?.[1] ?? "";
    const field = fieldNamed(name);
    if (!field) {
      this.#at = start; // an address, perhaps: fe80::1
      return null;
    }
    if (field.unit !== "text") throw new ExpressionError(`${name} is a number. Write ${name} > ${exampleOf(field.unit, false)}.`, start, this.#at);
    const text = this.#value();
    if (!text) throw new ExpressionError(`Which ${field.name}? Write ${field.name}:${field.name === "status" ? "down" : "something"}.`, start, this.#at);
    return { kind: "is", field, text: this.#status(field, text), exact: false };
  }

  /**
   * @param {Field} field
   * @param {string} text
   */
  #status({ name }, text) {
    if (name !== "status" || STATUSES.some((status) => status === text.toLowerCase())) return text;
    throw this.#error(`There is no status “${text}”. Write one of ${STATUSES.map((status) => `status:${status}`).join(", ")}.`, -text.length);
  }

  #value() {
    const found = this.#match(VALUE);
    return found?.[1] ?? found?.[2];
  }

  /** @returns {Node} */
  #word() {
    if (this.#isEnd) throw this.#error("Something is missing here: a word or a condition such as cpu > 80.", 0);
    const connective = this.#peek();
    if (connective === "and" || connective === "or")
      throw this.#error(`Something is missing before “${connective}”. Put it in quotes to search for the word itself.`, connective.length);
    if (this.#isAt('"') && !this.#text.includes('"', this.#at + 1)) throw this.#error('This quote is never closed. Write " where it should end.', 1);
    const word = this.#match(WORD);
    if (!word) throw this.#error(`The name of a field is missing before “${this.#next}”, as in cpu ${this.#next} 80. Put it in quotes to search for it.`, 1);
    return { kind: "word", text: word[1] ?? word[2] ?? "" };
  }

  get #isEnd() {
    return this.#at >= this.#text.length;
  }

  get #next() {
    return this.#text[this.#at] ?? "";
  }

  /** @param {string} character */
  #isAt(character) {
    return this.#next === character;
  }

  #skip() {
    while (/\s/.test(this.#next)) this.#at += 1;
  }

  /** @returns {string | undefined} */
  #peek() {
    CONNECTIVE.lastIndex = this.#at;
    return CONNECTIVE.exec(this.#text)?.[1]?.toLowerCase();
  }

  /** @param {string} word */
  #connective(word) {
    if (this.#peek() !== word) return false;
    this.#at += word.length;
    this.#skip();
    return true;
  }

  /** @param {RegExp} pattern sticky */
  #match(pattern) {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  /**
   * @param {string} message
   * @param {number} length of the wrong part from here on, or, negative, before here
   */
  #error(message, length) {
    return new ExpressionError(message, Math.min(this.#at, this.#at + length), Math.max(this.#at, this.#at + length));
  }
}

/** @param {string} name */
function unknownField(name) {
  const near = FIELDS.filter((field) => [field.name, ...field.aliases].some((known) => known.startsWith(name.slice(0, 2).toLowerCase())));
  const names = (near.length ? near : FIELDS).map((field) => field.name).join(", ");
  return `There is no field “${name}”. ${near.length ? "Did you mean" : "There are"} ${names}${near.length ? "?" : ", and every metric by its full name."}`;
}

/** @param {string} unit */
function wrong(unit) {
  if (unit === "ratio") return "is no share";
  if (unit.startsWith("bytes")) return "is no amount of bytes";
  if (unit.endsWith("seconds")) return "is no time";
  return "is no number";
}
