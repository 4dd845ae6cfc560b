// The token's way in: from the fragment of the address, which no browser sends anywhere, to a cookie that no script can
// read. The rest of the fragment stays as it is.

/** What entering needs of the world; the browser's is below. */
export interface Door {
  /** The fragment of the address, with its `#`, or empty. */
  fragment(): string;
  /** Put another fragment in its place, without a step in the history. */
  replace(fragment: string): void;
  /** Show the server a token; the status of its answer. Rejects when nobody answers. */
  show(token: string): Promise<number>;
}

/** The token of a fragment, and what else stands there; null where there is none. */
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
 * A refused token goes as well, since it opens nothing; what the cookie of before opens, the connection will find out.
 * When nobody answers it stays, so that the page can be loaded again.
 */
export async function enter(door: Door): Promise<boolean> {
  const found = split(door.fragment());
  if (found === null) return false;
  const status = await door.show(found.token).catch(() => null);
  if (status !== null && status < 500) door.replace(found.rest);
  return true;
}

/** The browser as a Door. */
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
