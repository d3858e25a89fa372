/**
 * What the benchmark of the live page asks the page itself. Everything here costs the page as little as it can; times are in milliseconds.
 *
 * "Painted" is the first task after the frame that shows something: a message that is posted in a frame's callback arrives then.
 */
globalThis.vedetteProbe = (() => {
  const STAMP_S = 100;
  const MAX_AGE_S = 10;
  const LOADS = /^(\d\d?\.\d\d)(?: \d+\.\d\d){0,2}$/;
  const SHOWN_HOSTS = "main [data-host]:not([hidden] *, [hidden])";
  const LIMIT_MS = 60_000;
  const BLANK_STEPS = 40;

  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  const nextTask = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    });

  const hostsShown = () => [...new Set([...document.querySelectorAll(SHOWN_HOSTS)].map((shown) => shown.dataset.host))];

  /** Waits, frame by frame, and not for ever; the time at which it was painted. */
  const paintedOnce = async (isSo, what) => {
    const end = performance.now() + LIMIT_MS;
    while (!isSo()) {
      if (performance.now() > end) throw new Error(`${what}: not within ${LIMIT_MS} ms; ${document.getElementById("counts")?.textContent}`);
      await nextFrame();
    }
    return nextTask();
  };

  /** What an action leads to, by name; `argument` says more. */
  const RESULTS = {
    changed: (_argument, before) => hostsShown().join() !== before,
    only: (id) => hostsShown().join() === id,
    none: () => hostsShown().length === 0,
    open: (name) => document.querySelector(".host-page:not([hidden]) h1")?.textContent?.includes(name) ?? false,
    closed: () => !document.querySelector(".host-page:not([hidden])") && hostsShown().length > 0,
  };

  let acting = null;
  let ages = [];
  let observer = null;
  let frames = null;
  let blanks = null;

  /** Where to look, from left to right: the middle of each column of a grid. The rows of the table are as wide as it is. */
  const middlesOf = (list) => {
    if (list.matches(".table-body")) return [0.25, 0.5, 0.75].map((part) => part * innerWidth);
    const { left, width } = list.getBoundingClientRect();
    const { gridTemplateColumns, columnGap } = getComputedStyle(list);
    const columns = gridTemplateColumns.split(" ").length;
    const gap = Number.parseFloat(columnGap);
    return Array.from({ length: columns }, (_, column) => left + ((column + 0.5) * (width + gap)) / columns - gap / 2);
  };

  /** The items of a grid: where each is, and how many there are before it. */
  const itemsOf = (list) =>
    [...list.querySelectorAll(":scope > [aria-posinset]:not([data-held])")].map((item) => {
      const { left, top, bottom } = item.getBoundingClientRect();
      return { left, top, bottom, number: Number(item.ariaPosInSet), count: Number(item.ariaSetSize) };
    });

  /**
   * Whether an item is missing in the middle of a column, where the grid itself is seen. Between two rows there is none, and behind a group's
   * last item neither: the next in number then stands in another row, or there are no more.
   */
  const isMissing = (items, middles, column, y) => {
    const beside = items.find(({ top, bottom }) => top <= y && y < bottom);
    if (!beside) return false;
    const number = beside.number + column - middles.findLastIndex((middle) => middle < beside.left) - 1;
    return number <= beside.count && !items.some((item) => item.number === number);
  };

  /** The part of the window's height, from 0 to 1, where the list has nothing to show yet: of all its columns. */
  const blankPart = () => {
    const list = [...document.querySelectorAll(".table-body, .virtual-grid")].find((found) => found.offsetParent);
    if (!list) return 0;
    const [middles, items] = [middlesOf(list), itemsOf(list)];
    const isBlank = (x, column, y) => {
      const place = document.elementFromPoint(x, y);
      if (place !== list) return place?.matches(".grid-room") ?? false;
      return list.matches(".table-body") || isMissing(items, middles, column, y);
    };
    const heights = Array.from({ length: BLANK_STEPS }, (_, step) => ((step + 0.5) * innerHeight) / BLANK_STEPS);
    const blank = middles.flatMap((x, column) => heights.filter((y) => isBlank(x, column, y)));
    return blank.length / (middles.length * BLANK_STEPS);
  };

  return {
    hostsShown,
    blankPart,

    /** Time since the navigation began until the header counts so many hosts up and that is painted. */
    async complete(count) {
      const counted = () => document.getElementById("counts")?.textContent?.replace(/[^\da-z]/gi, "").includes(`${count}up`);
      return paintedOnce(counted, `${count} hosts up`);
    },

    /** Wait for an input, then for its result. The time begins with the input's own time stamp. */
    arm(result, argument = "") {
      const before = hostsShown().join();
      acting = (async () => {
        const began = await new Promise((resolve) => {
          for (const kind of ["click", "input", "keydown", "hashchange"])
            addEventListener(kind, (event) => resolve(event.timeStamp), { capture: true, once: true });
        });
        return (await paintedOnce(() => RESULTS[result](argument, before), `${result} ${argument}`)) - began;
      })();
    },

    /** The time that the armed action took. */
    took: () => acting,

    /** Note how old each stamp is when it is painted: the loads of hosts whose agent stamps them. */
    watchAges() {
      ages = [];
      observer = new MutationObserver((records) => {
        const seen = new Set();
        for (const { target } of records) {
          const match = LOADS.exec((target.textContent ?? "").trim());
          if (match) seen.add(Number(match[1]));
        }
        if (!seen.size) return;
        void nextTask().then(() => {
          const now = Date.now() / 1000;
          for (const stamp of seen) {
            const age = (((now - stamp) % STAMP_S) + STAMP_S) % STAMP_S;
            if (age < MAX_AGE_S) ages.push(age * 1000);
          }
        });
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    },

    takeAges() {
      observer?.disconnect();
      return ages;
    },

    watchFrames() {
      const times = (frames = []);
      const note = (time) => {
        times.push(time);
        if (frames === times) requestAnimationFrame(note);
      };
      requestAnimationFrame(note);
    },

    /** Note how much is blank whenever something was painted. */
    watchBlanks() {
      const parts = (blanks = []);
      const note = () => {
        if (blanks !== parts) return;
        void nextFrame().then(nextTask).then(() => {
          parts.push(blankPart());
          note();
        });
      };
      note();
    },

    takeBlanks() {
      const parts = blanks ?? [];
      blanks = null;
      return parts;
    },

    /** The times between frames. */
    takeFrames() {
      const times = frames ?? [];
      frames = null;
      return times.slice(1).map((time, index) => time - times[index]);
    },
  };
})();
