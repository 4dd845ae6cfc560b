// Entering: the code of a printed address, or one typed by hand, is exchanged for a key of this browser. The code is
// removed from the address at once; the rest of the fragment stays.

import { key, post } from "./ask";

/** The address and the server, as the exchange needs them. */
export interface EntrySurroundings {
  /** The fragment of the address, with its `#`, or empty. */
  fragment(): string;
  /** Replace the fragment, without a step in the history. */
  replace(fragment: string): void;
  /** Exchange a code for a key, and keep the key; status and text of the answer. Rejects when there is none. */
  exchange(code: string): Promise<{ status: number; text: string }>;
}

/** The code of a fragment, and the rest of the fragment; null without a code. */
export function split(fragment: string): { code: string; rest: string } | null {
  const parts = fragment.replace(/^#/, "").split("&");
  const own = parts.find((part) => part.startsWith("code="));
  if (own === undefined) return null;
  const rest = parts.filter((part) => part !== own).join("&");
  return { code: own.slice("code=".length), rest: rest === "" ? "" : `#${rest}` };
}

/**
 * Exchange the code of the address, and take it out of the address; returns whether there was one.
 *
 * A refused code is removed as well; an earlier key may still be valid. Without an answer the code stays, so that the
 * page can be loaded again.
 */
export async function enter(world: EntrySurroundings): Promise<boolean> {
  const found = split(world.fragment());
  if (found === null) return false;
  const answer = await world.exchange(found.code).catch(() => null);
  if (answer !== null && answer.status < 500) world.replace(found.rest);
  return true;
}

/** The browser's surroundings. */
export const browserEntry: EntrySurroundings = {
  fragment: () => location.hash,
  replace: (fragment) => history.replaceState(history.state, "", location.pathname + location.search + fragment),
  async exchange(code) {
    const answer = await post("enter", { code });
    const text = await answer.text();
    if (answer.ok) key.keep((JSON.parse(text) as { key: string }).key);
    return { status: answer.status, text };
  },
};
