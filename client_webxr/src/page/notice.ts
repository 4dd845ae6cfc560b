// Notices: one line about something that failed, until it is dismissed or replaced.

import { byId, element } from "../dom/element";

/** Show a line; null hides it. */
export function notice(text: string | null): void {
  const host = byId("notice");
  host.hidden = text === null;
  if (text === null) return host.replaceChildren();
  const close = element("button", {
    type: "button",
    className: "plain close",
    textContent: "×",
    title: "Dismiss (Esc)",
  });
  close.addEventListener("click", () => notice(null));
  host.replaceChildren(element("p", { textContent: text }), close);
}

/** Hide a line, if it is the one that is shown. */
export function retract(text: string): void {
  if (byId("notice").querySelector("p")?.textContent === text) notice(null);
}

/** A message in place of the picture: a headline, its meaning and perhaps an action; null hides it. */
export function message(headline: string | null, text = "", action?: { label: string; act: () => void }): void {
  const host = byId("message");
  host.hidden = headline === null;
  host.replaceChildren(element("b", { textContent: headline ?? "" }), text);
  if (action === undefined) return;
  const button = element("button", { type: "button", textContent: action.label });
  button.addEventListener("click", action.act);
  host.append(element("br"), button);
}
