// The selected curves from the server: pages of the table, files, and lists for other programs.

import { tableFromIPC } from "@uwdata/flechette";
import { copyText } from "../dom/clipboard";
import { byId, element } from "../dom/element";
import { address, ask, download } from "../wire/ask";
import type { Curve, Fetch } from "./rowPages";

const COLUMNS = "row,label,conductor,rank,torsion,root_number";

/** Files of the selection by suffix. */
const FILES = { csv: "CSV", parquet: "Parquet", arrow: "Arrow" } as const;
/** Lists of curves as other programs read them, by suffix. */
const LISTS = { txt: "labels", sage: "Sage", gp: "PARI", m: "Magma" } as const;

/** Bytes of the longest list that can be copied. */
const MOST_COPIED = 32 << 20;

/** Fetch a page of the table from the server. */
export const fetchPage: Fetch = async (offset, limit, { column, descending }, stop) => {
  const query = new URLSearchParams({
    offset: String(offset),
    limit: String(limit),
    sort: column,
    descending: String(descending),
    columns: COLUMNS,
  });
  const answer = await ask(`api/selection.arrow?${query.toString()}`, { signal: stop });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return tableFromIPC(await answer.arrayBuffer(), { useBigInt: false }).toArray() as Curve[];
};

/** The selection as text in the format of a program. Rejects with one line when the server refuses or it is too long. */
export async function list(kind: keyof typeof LISTS): Promise<string> {
  const answer = await ask(`api/selection.${kind}`);
  if (!answer.ok) throw new Error((await answer.text()).trim());
  if (Number(answer.headers.get("Content-Length") ?? 0) > MOST_COPIED)
    throw new Error("it has more than 32 MiB. Download it instead");
  return answer.text();
}

/** Make the copy buttons and the download links. */
export function prepareFiles(said: (line: string) => void): void {
  const copies = Object.entries(LISTS).map(([kind, name]) => {
    const button = element("button", { type: "button", textContent: name, title: `Copy the selected curves: ${name}` });
    button.addEventListener("click", () => void copy(kind as keyof typeof LISTS, button, name, said));
    return button;
  });
  const links = Object.entries({ ...FILES, sage: LISTS.sage, gp: LISTS.gp, m: LISTS.m }).map(([kind, name]) => {
    const path = `api/selection.${kind}`;
    const link = element("a", { href: address(path).href, download: "", textContent: name });
    link.addEventListener("click", (event) => {
      event.preventDefault(); // the browser's own request would carry no key
      download(path).catch((error: Error) => said(`The file could not be downloaded: ${error.message}`));
    });
    return link;
  });
  byId("copies").replaceChildren(element("span", { textContent: "Copy" }), ...copies);
  byId("downloads").replaceChildren(element("span", { textContent: "Download" }), ...links);
}

async function copy(
  kind: keyof typeof LISTS,
  button: HTMLButtonElement,
  name: string,
  said: (line: string) => void,
): Promise<void> {
  try {
    await copyText(await list(kind));
    button.textContent = "Copied";
    window.setTimeout(() => (button.textContent = name), 1500);
  } catch (error) {
    said(`The list could not be copied: ${error instanceof Error ? error.message : String(error)}`);
  }
}
