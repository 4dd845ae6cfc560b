// A picture that draws nothing and records its calls.

import type { Chunk } from "../src/cloud/cloud";
import type { Picture } from "../src/picture/picture";
import { FakeElement } from "./dom";

export class RecordedPicture implements Picture {
  readonly canvas = new FakeElement("canvas") as unknown as HTMLCanvasElement;
  readonly calls: string[] = [];
  drawn = 0;
  /** Whether another frame is asked for. */
  more = false;

  begin(): void {
    this.calls.push("begin");
  }
  add({ index }: Chunk, gently: boolean): void {
    this.calls.push(`add ${index}${gently ? " gently" : ""}`);
  }
  arrange(chunks: readonly Chunk[]): void {
    this.calls.push(`arrange ${chunks.map(({ index }) => index).join()}`);
  }
  flag(chunks: readonly Chunk[], selecting: boolean): void {
    this.calls.push(`flag ${chunks.map(({ index }) => index).join()}${selecting ? " selecting" : ""}`);
  }
  hide(hidden: ReadonlySet<number>): void {
    this.calls.push(`hide ${[...hidden].join()}`);
  }
  mark(colours: readonly (string | null)[]): void {
    this.calls.push(`mark ${colours.filter((colour) => colour !== null).join()}`);
  }
  restyle(): void {
    this.calls.push("restyle");
  }
  resize(): void {
    this.calls.push("resize");
  }
  image(): string {
    return "data:,";
  }
  draw(): boolean {
    this.drawn++;
    return this.more;
  }

  /** The calls since the last question. */
  take(): string[] {
    return this.calls.splice(0);
  }
}
