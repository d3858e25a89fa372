import { FIELDS, STATUSES, fieldNamed } from "./fields.js";
import { exampleOf, parseQuantity, unitOf } from "./quantity.js";
import { ExpressionError, Scanner } from "./scanner.js";

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

/** @typedef {{kind: "compare", field: Field | null, metric: string, instance: string | null, operator: string, limit: number}} Comparison of a field, or else of a metric */
/**
 * @typedef {{kind: "all" | "any", parts: Node[]} | {kind: "not", part: Node} | {kind: "word", text: string}
 *   | {kind: "is", field: Field, text: string, exact: boolean} | Comparison} Node
 */

/** Deeper is nobody's search, and no reason to fill the stack. */
const MOST_DEPTH = 50;

const DASH = /-(?=\S)/y;
const OPEN_QUOTE = /"(?![^"]*")/y;
const COMPARISON = /([a-z_][\w.]*)\s*(?:\[([^\]]*)\]\s*)?(<=|>=|==|!=|=|<|>)\s*/iy;
const KEYED = /([a-z_][\w.]*):/iy;

/**
 * @param {string} text
 * @returns {Node | null} null: every host
 * @throws {ExpressionError}
 */
export function parseExpression(text) {
  return new Parser(text).parse();
}

class Parser {
  #scan;
  #depth = 0;

  /** @param {string} text */
  constructor(text) {
    this.#scan = new Scanner(text);
  }

  parse() {
    this.#scan.skip();
    if (this.#scan.isEnd) return null;
    const node = this.#any();
    if (!this.#scan.isEnd) throw this.#scan.error("This bracket closes nothing. Remove it, or open one before it.", 1);
    return node;
  }

  /** @returns {Node} */
  #any() {
    const parts = [this.#all()];
    while (this.#scan.connective("or")) parts.push(this.#all());
    return parts[0] && parts.length === 1 ? parts[0] : { kind: "any", parts };
  }

  /** @returns {Node} */
  #all() {
    const parts = [this.#one()];
    while (!this.#scan.isEnd && !this.#scan.isAt(")") && this.#scan.peek() !== "or") {
      this.#scan.connective("and");
      parts.push(this.#one());
    }
    return parts[0] && parts.length === 1 ? parts[0] : { kind: "all", parts };
  }

  /** @returns {Node} */
  #one() {
    if (++this.#depth > MOST_DEPTH) throw this.#scan.error(`This is nested more than ${MOST_DEPTH} deep.`, 1);
    const node = this.#negation() ?? this.#group() ?? this.#comparison() ?? this.#keyed() ?? this.#word();
    this.#depth -= 1;
    this.#scan.skip();
    return node;
  }

  /** @returns {Node | null} */
  #negation() {
    const isDash = this.#scan.match(DASH) !== null;
    if (!isDash && !this.#scan.connective("not")) return null;
    return { kind: "not", part: this.#one() };
  }

  /** @returns {Node | null} */
  #group() {
    if (!this.#scan.isAt("(")) return null;
    const start = this.#scan.at;
    this.#scan.at += 1;
    this.#scan.skip();
    if (this.#scan.isAt(")")) throw new ExpressionError("Nothing stands between these brackets.", start, this.#scan.at + 1);
    const node = this.#any();
    if (!this.#scan.isAt(")")) throw new ExpressionError("This bracket is never closed. Write ) where it should end.", start, start + 1);
    this.#scan.at += 1;
    return node;
  }

  /** @returns {Node | null} */
  #comparison() {
    const start = this.#scan.at;
    const [, name, instance, sign] = this.#scan.match(COMPARISON) ?? [];
    if (name === undefined || sign === undefined) return null;
    const operator = sign === "==" ? "=" : sign;
    const field = fieldNamed(name);
    if (!field && !name.includes("_")) throw new ExpressionError(unknownField(name), start, start + name.length);
    if (field?.unit === "text") return this.#textComparison(field, operator, start);
    if (field && instance !== undefined)
      throw new ExpressionError(`${name} is one number. Brackets go behind the full name of a metric: disk_used_bytes[/] > 10G.`, start, this.#scan.at);
    const limit = this.#limit(`${name} ${operator}`, field?.unit ?? unitOf(name), !field, start);
    return { kind: "compare", field: field ?? null, metric: field ? "" : name, instance: instance ?? null, operator, limit };
  }

  /**
   * @param {string} asked what stands before it
   * @param {Quantity} unit
   * @param {boolean} isRaw
   * @param {number} start of what stands before it
   */
  #limit(asked, unit, isRaw, start) {
    const valueStart = this.#scan.at;
    const remedy = `Write a number: ${asked} ${exampleOf(unit, isRaw)}.`;
    const typed = this.#scan.value();
    if (typed === undefined) throw new ExpressionError(`Compared with what? ${remedy}`, start, valueStart);
    const limit = parseQuantity(typed, unit, isRaw);
    if (limit === null) throw new ExpressionError(`“${typed}” ${wrong(unit)}. ${remedy}`, valueStart, this.#scan.at);
    return limit;
  }

  /**
   * @param {Field} field
   * @param {string} operator
   * @param {number} start
   * @returns {Node}
   */
  #textComparison(field, operator, start) {
    const text = this.#scan.value();
    const remedy = `Write ${field.name}:${text ?? (field.name === "status" ? "down" : "something")}.`;
    if (text === undefined) throw new ExpressionError(`Compared with what? ${remedy}`, start, this.#scan.at);
    if (operator !== "=" && operator !== "!=") throw new ExpressionError(`${field.name} is no number. ${remedy}`, start, this.#scan.at);
    /** @type {Node} */
    const is = { kind: "is", field, text: this.#status(field, text), exact: true };
    return operator === "=" ? is : { kind: "not", part: is };
  }

  /** @returns {Node | null} */
  #keyed() {
    const start = this.#scan.at;
    const name = this.#scan.match(KEYED)?.[1] ?? "";
    const field = fieldNamed(name);
    if (!field) {
      this.#scan.at = start; // an address, perhaps: fe80::1
      return null;
    }
    if (field.unit !== "text") throw new ExpressionError(`${name} is a number. Write ${name} > ${exampleOf(field.unit, false)}.`, start, this.#scan.at);
    const text = this.#scan.value();
    if (!text) throw new ExpressionError(`Which ${field.name}? Write ${field.name}:${field.name === "status" ? "down" : "something"}.`, start, this.#scan.at);
    return { kind: "is", field, text: this.#status(field, text), exact: false };
  }

  /**
   * @param {Field} field
   * @param {string} text
   */
  #status({ name }, text) {
    if (name !== "status" || STATUSES.some((status) => status === text.toLowerCase())) return text;
    throw this.#scan.error(`There is no status “${text}”. Write one of ${STATUSES.map((status) => `status:${status}`).join(", ")}.`, -text.length);
  }

  /** @returns {Node} */
  #word() {
    if (this.#scan.isEnd) throw this.#scan.error("Something is missing here: a word or a condition such as cpu > 80.", 0);
    const connective = this.#scan.peek();
    if (connective === "and" || connective === "or")
      throw this.#scan.error(`Something is missing before “${connective}”. Put it in quotes to search for the word itself.`, connective.length);
    if (this.#scan.match(OPEN_QUOTE)) throw this.#scan.error('This quote is never closed. Write " where it should end.', -1);
    const word = this.#scan.word();
    if (word === undefined) throw this.#scan.error(`The name of a field is missing before “${this.#scan.next}”, as in cpu ${this.#scan.next} 80. Put it in quotes to search for it.`, 1);
    return { kind: "word", text: word };
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
