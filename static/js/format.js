/**
 * Numbers as people read them, everything that is shown, in this one place. Digits and separators are those of the reader's language;
 * units are symbols that every language shares: KiB, s, min, h, d, ms.
 */

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
const DURATION_UNITS = /** @type {const} */ ([
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
]);
const SHORT_MS = 10_000;

/**
 * The formatting functions for one language.
 * @param {string} [locale] default: the browser's
 */
export function formatter(locale) {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const hundredths = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const exactShare = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const threeDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const degrees = new Intl.NumberFormat(locale, { style: "unit", unit: "celsius", maximumFractionDigits: 0 });
  const minute = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const second = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });

  /** @param {number} value two to four digits */
  const digits = (value) => (value < 9.95 ? tenths : whole).format(value);

  /**
   * @param {number} value in bytes
   * @param {number} power of 1024
   */
  const scaled = (value, power) => (power === 0 ? whole : { format: digits }).format(value / 1024 ** power);

  /** @param {number} value in bytes */
  const bytes = (value) => `${scaled(value, powerOf(value))} ${BYTE_UNITS[powerOf(value)]}`;

  /**
   * @param {number} value
   * @param {number} size
   */
  const floor = (value, size) => whole.format(Math.floor(Math.max(0, value) / size));

  /** @param {number} seconds */
  const duration = (seconds) => {
    const [size, unit] = DURATION_UNITS.find(([least]) => seconds >= least) ?? [1, "s"];
    return `${floor(seconds, size)} ${unit}`;
  };

  /** @param {number} milliseconds three digits at most, below ten with a decimal */
  const milliseconds = (milliseconds) => (milliseconds < 999.5 ? `${digits(milliseconds)} ms` : `${digits(milliseconds / 1000)} s`);

  return {
    bytes,
    duration,
    milliseconds,

    /** @param {number} seconds the two largest units, as in `3 d 4 h` */
    uptime(seconds) {
      const place = DURATION_UNITS.findIndex(([least]) => seconds >= least);
      const [unit, next] = DURATION_UNITS.slice(Math.max(0, place));
      if (!unit || !next || place < 0) return duration(seconds);
      const rest = floor(seconds % unit[0], next[0]);
      return rest === whole.format(0) ? duration(seconds) : `${duration(seconds)} ${rest} ${next[1]}`;
    },

    /**
     * With its noun: `1 host`, `1,234 hosts`.
     * @param {number} value
     * @param {string} noun
     */
    counted: (value, noun) => `${whole.format(value)} ${noun}${value === 1 ? "" : "s"}`,

    /**
     * Both in the unit of the total.
     * @param {number} used in bytes
     * @param {number} total in bytes
     */
    usedOfTotal(used, total) {
      const power = powerOf(total);
      return `${scaled(used, power)} / ${scaled(total, power)} ${BYTE_UNITS[power]}`;
    },

    /** @param {number} bytesPerSecond */
    rate: (bytesPerSecond) => `${bytes(bytesPerSecond)}/s`,

    /** @param {number} ratio from 0 to 1 */
    percent: (ratio) => share.format(ratio),

    /** @param {number} ratio from 0 to 1 */
    exactPercent: (ratio) => exactShare.format(ratio),

    /** @param {number} value in bytes, to three digits */
    exactBytes: (value) => `${threeDigits.format(value / 1024 ** powerOf(value))} ${BYTE_UNITS[powerOf(value)]}`,

    /** @param {number} value a load average */
    load: (value) => hundredths.format(value),

    /** @param {number} value */
    number: (value) => plain.format(value),

    /** @param {number} seconds */
    age: (seconds) => `${duration(seconds)} ago`,

    /** @param {number} milliseconds without separators, so that it can be searched for */
    delay: (milliseconds) => (milliseconds < SHORT_MS ? `${Math.round(milliseconds)} ms` : duration(milliseconds / 1000)),

    /** @param {number} value in degrees Celsius */
    celsius: (value) => degrees.format(value),

    /**
     * The time of day.
     * @param {number} at
     * @param {boolean} precise with its seconds
     */
    clock: (at, precise) => (precise ? second : minute).format(new Date(at * 1000)),

    /** @param {number} at */
    moment: (at) => moment.format(new Date(at * 1000)),
  };
}

/** @param {number} value in bytes */
function powerOf(value) {
  // three digits at most, so that places can be narrow: what would round up to 1000 belongs to the next unit
  let power = 0;
  while (power < BYTE_UNITS.length - 1 && value / 1024 ** power >= 999.5) power += 1;
  return power;
}

/** @typedef {ReturnType<typeof formatter>} Formatter */
