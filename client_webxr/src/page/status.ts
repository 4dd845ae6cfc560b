// Status at the edges: the connection at the top right; points, frame rate and compute state at the bottom right.

import type { ConnectionState } from "../wire/connection";
import { byId, element } from "../dom/element";
import type { State } from "../wire/protocol.gen";

const WORDS: Record<ConnectionState["kind"], string> = {
  connecting: "connecting",
  live: "live",
  lost: "lost",
  error: "error",
};

let counting: number | undefined;

/** Show the state of the connection, with a countdown to the next attempt while it is lost. */
export function connectionStatus(state: ConnectionState): void {
  window.clearTimeout(counting);
  const host = byId<HTMLButtonElement>("connection");
  host.className = `plain ${state.kind}`;
  host.title = state.kind === "lost" ? "Try again now" : state.kind === "error" ? state.text : "";
  const word = host.querySelector("span")!;
  word.textContent = WORDS[state.kind];
  if (state.kind !== "lost") return;
  word.textContent = "lost, trying again" + countdown(state.retryAt, performance.now());
  counting = window.setTimeout(() => connectionStatus(state), 500);
}

function countdown(retryAt: number | null, now: number): string {
  return retryAt === null ? "" : ` in ${Math.max(1, Math.ceil((retryAt - now) / 1000))} s`;
}

/** Pictures per second, measured only while pictures follow each other; a still picture has no rate. */
export class Rate {
  private last = -Infinity;
  private smooth = 0;

  /** Count a picture; returns the rate, or null for the first picture after a pause. */
  tick(now: number): number | null {
    const gap = now - this.last;
    this.last = now;
    if (gap > 250 || gap <= 0) {
      this.smooth = 0;
      return null;
    }
    this.smooth = this.smooth === 0 ? gap : this.smooth + 0.1 * (gap - this.smooth);
    return 1000 / this.smooth;
  }
}

const COMPUTE: Record<State["compute"], string> = {
  cpu: "CPU",
  gpu: "GPU",
  wireframe: "wireframe",
  busy: "busy",
  failed: "data missing",
};

/** Show the drawn points in words, the frame rate (null: the picture is still) and the compute state. */
export function statusLine(drawn: string, rate: number | null, state: State | null): void {
  const parts = [
    element("span", { textContent: drawn }),
    element("span", {
      textContent: rate === null ? "still" : `${rate.toFixed(0)} fps`,
      title: "Pictures are drawn only when something changes.",
    }),
  ];
  if (state !== null) parts.push(element("span", { textContent: COMPUTE[state.compute], title: state.text }));
  byId("status").replaceChildren(...parts);
}
