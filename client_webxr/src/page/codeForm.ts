// The form for a code, shown to a browser without access. A code is short enough to be typed in a headset.

import { byId, element } from "../dom/element";
import { browserEntry } from "../wire/enter";
import { message } from "./notice";

/** Show the server's reason and a form for a code; `entered` is called once the server has accepted one. */
export function askForCode(reason: string, entered: () => void): void {
  message("Enter a code", reason);
  byId("message").append(codeForm(entered));
}

function codeForm(entered: () => void): HTMLFormElement {
  const input = element("input", {
    className: "chip",
    ariaLabel: "Code",
    placeholder: "K7QM 3XRT",
    maxLength: 12,
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: false,
  });
  const said = element("p", { role: "status" });
  const form = element(
    "form",
    { className: "code" },
    input,
    element("button", { type: "submit", textContent: "Enter" }),
    said,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim() === "") return input.focus();
    said.textContent = "";
    browserEntry.exchange(input.value).then(
      ({ status, text }) => (status === 200 ? entered() : (said.textContent = text.trim())),
      () => (said.textContent = "The server does not answer; try again."),
    );
  });
  return form;
}
