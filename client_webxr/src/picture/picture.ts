// A picture of the cloud. The client tells a picture about its contents; a picture never asks back.

import type { Chunk } from "../cloud/cloud";
import type { Scene } from "../wire/protocol.gen";

export interface Picture {
  /** Its canvas, hidden while another picture is shown. */
  readonly canvas: HTMLCanvasElement;
  /** Another scene begins; points of the scene that are in the cloud already are drawn. */
  begin(scene: Scene): void;
  /** A chunk of points has arrived; with `gently` it may fade in. */
  add(chunk: Chunk, gently: boolean): void;
  /** Chunks were dropped from the cloud, and these have another start. */
  arrange(chunks: readonly Chunk[]): void;
  /** The flags of these chunks have changed; with `selecting` all points that are not selected are dimmed. */
  flag(chunks: readonly Chunk[], selecting: boolean): void;
  /** Hide these classes, and show all others. */
  hide(hidden: ReadonlySet<number>): void;
  /** The colours "#rrggbb" of the named selections by slot; null for an empty slot. */
  mark(colours: readonly (string | null)[]): void;
  /** Take every colour from the current theme. */
  restyle(): void;
  /** The current picture without axes, as a data URL. */
  image(): string;
  /** Follow the size of the camera's picture. */
  resize(): void;
  /** Draw; `now` in milliseconds. Returns whether to draw again in the next frame. */
  draw(now: number): boolean;
}
