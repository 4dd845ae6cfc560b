// What a picture of the cloud has to be able to do. The client tells it what is there; it never asks back.

import type { Chunk } from "../cloud/cloud";
import type { Scene } from "../wire/protocol.gen";

export interface Picture {
  /** Where it is drawn; hidden while another picture is shown. */
  readonly canvas: HTMLCanvasElement;
  /** Another scene begins; points of it that are here already are drawn. */
  begin(scene: Scene): void;
  /** A chunk of points has come; with `gently` it may fade in. */
  add(chunk: Chunk, gently: boolean): void;
  /** Chunks were dropped from the cloud, and these lie elsewhere now. */
  arrange(chunks: readonly Chunk[]): void;
  /** The flags of these chunks have changed; with `selecting` what is not selected steps back. */
  flag(chunks: readonly Chunk[], selecting: boolean): void;
  /** These classes are not shown. */
  hide(hidden: ReadonlySet<number>): void;
  /** The colours "#rrggbb" of the named selections that are shown, by slot; null where none is. */
  mark(colours: readonly (string | null)[]): void;
  /** The theme is another one: take every colour anew. */
  restyle(): void;
  /** A picture without axes of what is drawn now, as a data address. */
  image(): string;
  /** The viewpoint has another size. */
  resize(): void;
  /** Draw, `now` in milliseconds; returns true to be asked again at the next frame. */
  draw(now: number): boolean;
}
