// Exchange the token in the address's fragment, which browsers never send, for a cookie that no script can read. The rest
// of the fragment stays.

/** The address and the server, as the exchange needs them. */
export interface Door {
  /** The fragment of the address, with its `#`, or empty. */
  fragment(): string;
  /** Replace the fragment, without a step in the history. */
  replace(fragment: string): void;
  /** Send a token to the server; the status of its answer. Rejects when there is none. */
  show(token: string): Promise<number>;
}

/** The token of a fragment, and the rest of the fragment; null without a token. */
export function split(fragment: string): { token: string; rest: string } | null {
  const parts = fragment.replace(/^#/, "").split("&");
  const own = parts.find((part) => part.startsWith("token="));
  if (own === undefined) return null;
  const rest = parts.filter((part) => part !== own).join("&");
  return { token: own.slice("token=".length), rest: rest === "" ? "" : `#${rest}` };
}

/**
 * Exchange the token of the address for a cookie, and take it out of the address; returns whether there was one.
 *
 * A refused token is removed as well; an earlier cookie may still be valid. Without an answer the token stays, so that
 * the page can be loaded again.
 */
export async function enter(door: Door): Promise<boolean> {
  const found = split(door.fragment());
  if (found === null) return false;
  const status = await door.show(found.token).catch(() => null);
  if (status !== null && status < 500) door.replace(found.rest);
  return true;
}

/** The browser's door. */
export const door: Door = {
  fragment: () => location.hash,
  replace: (fragment) => history.replaceState(history.state, "", location.pathname + location.search + fragment),
  async show(token) {
    const answer = await fetch("/enter", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
      signal: AbortSignal.timeout(5000),
    });
    return answer.status;
  },
};
