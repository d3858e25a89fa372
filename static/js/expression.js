import { parseExpression } from "./expression-parser.js";
import { presentMetric, presentValue } from "./fields.js";
import { fold } from "./fold.js";
import { instances, number } from "./metrics.js";

/** @import { Comparison, Node } from "./expression-parser.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Entry } from "./store.js" */

/**
 * What stands in the search field, ready to be asked of each host.
 * @typedef {object} Expression
 * @property {(host: HostView, now: number) => boolean} matches
 * @property {boolean} isLive its answer changes from sample to sample
 * @property {boolean} namesStatus it says itself which status it wants
 * @property {readonly string[]} metrics full names of metrics it asks for
 */

/** @typedef {{host: HostView, now: number, text: string | null}} Question `text` is made when a word asks for it */

/** @type {Record<string, (value: number, limit: number) => boolean>} */
const COMPARE = {
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
  "=": (value, limit) => value === limit,
  "!=": (value, limit) => value !== limit,
};

/**
 * @param {string} text
 * @returns {Expression}
 * @throws {import("./scanner.js").ExpressionError}
 */
export function compile(text) {
  const root = parseExpression(text);
  /** @type {Set<string>} */
  const metrics = new Set();
  let isLive = false;
  let namesStatus = false;
  if (root)
    walk(root, (node) => {
      if (node.kind === "compare" && node.metric) metrics.add(node.metric);
      if (node.kind === "compare") isLive = true;
      if (node.kind === "is" && node.field.name === "status") namesStatus = true;
    });
  const test = root ? tester(root) : () => true;
  return { matches: (host, now) => test({ host, now, text: null }), isLive, namesStatus, metrics: [...metrics] };
}

/**
 * The metrics of an expression that no host reports: most likely misspelled.
 * @param {Expression} expression
 * @param {Entry[]} entries
 */
export function unreported({ metrics }, entries) {
  return metrics.filter((name) => !entries.some(({ host }) => host.sample && name in host.sample.metrics));
}

/**
 * @param {Node} node
 * @returns {(question: Question) => boolean}
 */
function tester(node) {
  switch (node.kind) {
    case "all": {
      const tests = node.parts.map(tester);
      return (question) => tests.every((test) => test(question));
    }
    case "any": {
      const tests = node.parts.map(tester);
      return (question) => tests.some((test) => test(question));
    }
    case "not": {
      const test = tester(node.part);
      return (question) => !test(question);
    }
    case "word": {
      const word = fold(node.text);
      return (question) => (question.text ??= textOf(question.host)).includes(word);
    }
    case "is":
      return isTester(node.field.name, fold(node.text), node.field.of, node.exact);
    case "compare":
      return comparer(node);
  }
}

/**
 * @param {string} name of the field
 * @param {string} wanted folded
 * @param {import("./fields.js").Field["of"]} of
 * @param {boolean} exact
 * @returns {(question: Question) => boolean}
 */
function isTester(name, wanted, of, exact) {
  if (name === "tag") return ({ host }) => (host.tags ?? []).some((tag) => fold(tag) === wanted);
  if (exact || name === "status") return ({ host, now }) => fold(String(of(host, now) ?? "")) === wanted;
  return ({ host, now }) => fold(String(of(host, now) ?? "")).includes(wanted);
}

/**
 * What is not known compares as false, whatever the operator.
 * @param {Comparison} node
 * @returns {(question: Question) => boolean}
 */
function comparer({ field, metric, instance, operator, limit }) {
  const compare = COMPARE[operator] ?? (() => false);
  if (field)
    return ({ host, now }) => {
      const value = presentValue(field, host, now);
      return typeof value === "number" && compare(value, limit);
    };
  return ({ host }) => {
    const value = presentMetric(metric, host);
    const whole = number(value);
    if (whole !== null) return instance === null && compare(whole, limit);
    return instances(value).some(([name, one]) => (instance === null || name === instance) && compare(one, limit));
  };
}

/** @param {HostView} host */
function textOf({ name, address, tags }) {
  return fold([name, address ?? "", ...(tags ?? [])].join("\n"));
}

/**
 * @param {Node} node
 * @param {(node: Node) => void} visit
 */
function walk(node, visit) {
  visit(node);
  if (node.kind === "not") walk(node.part, visit);
  if (node.kind === "all" || node.kind === "any") for (const part of node.parts) walk(part, visit);
}
