// The page around the picture, as one object that the client writes to.

import type { Cloud } from "../cloud/cloud";
import type { Display } from "../picture/display";
import type { ConnectionState } from "../wire/connection";
import type { ProgressFrame } from "../wire/frames";
import type { Against, Card, Named, Scene, Selected, View } from "../wire/protocol.gen";
import { askForCode } from "./codeForm";
import { Header } from "./header";
import { Hover } from "./hover";
import { legend } from "./legend";
import { Murmuration } from "./murmuration";
import { type NamedActions, prepareNames, showNames } from "./named";
import { message, notice, retract } from "./notice";
import { showCounting, showSelected } from "./panel";
import { showProgress } from "./progress";
import { connectionStatus } from "./status";

/** The actions of the page on the client. */
export interface ViewActions extends NamedActions {
  view(view: View): void;
  /** The card of a row if it is known; otherwise it is asked for. */
  card(row: number): Card | null;
  against(axis: Against["axis"]): void;
  toggleClass(index: number): void;
}

export interface Views {
  readonly header: Pick<Header, "show" | "settle">;
  readonly hover: Hover;
  readonly murmuration: Murmuration;
  connection(state: ConnectionState): void;
  progress(frame: ProgressFrame | null): void;
  names(items: readonly Named[]): void;
  /** `level` is the finest level that has arrived. */
  legend(scene: Scene, level: number, hidden: ReadonlySet<number>): void;
  /** `drawn` counts the selected points on the screen by class; null without points. */
  selected(scene: Scene, selected: Selected, drawn: readonly number[] | null, hidden: ReadonlySet<number>): void;
  counting(drawn: number): void;
  notice(text: string | null): void;
  retract(text: string): void;
  message: typeof message;
  /** Ask for a code, with the server's reason; `entered` is called once the server has accepted one. */
  askForCode(reason: string, entered: () => void): void;
}

/** The views on the elements of index.html. */
export function makeViews(display: Display, cloud: Cloud, actions: ViewActions): Views {
  prepareNames(actions);
  const views = {
    header: new Header((view) => actions.view(view), notice),
    hover: new Hover(display, cloud, (row) => actions.card(row)),
    murmuration: new Murmuration((axis) => actions.against(axis)),
  };
  return {
    ...views,
    connection: connectionStatus,
    progress: showProgress,
    names: (items) => showNames(items, actions),
    legend: (scene, level, hidden) => legend(scene, level, hidden, (index) => actions.toggleClass(index)),
    selected: showSelected,
    counting: showCounting,
    notice,
    retract,
    message,
    askForCode,
  };
}
