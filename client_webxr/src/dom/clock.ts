// Time as the modules that wait take it: handed in, so that a test turns its own clock.

export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Call `then` once, after this many milliseconds; returns a timer for `cancel`. */
  after(milliseconds: number, then: () => void): unknown;
  /** Drop a timer; one that has fired, or null, is ignored. */
  cancel(timer: unknown): void;
}

/** The browser's clock. */
export const browserClock: Clock = {
  now: () => performance.now(),
  after: (milliseconds, then) => setTimeout(then, milliseconds),
  cancel: (timer) => clearTimeout((timer ?? undefined) as number | undefined),
};
