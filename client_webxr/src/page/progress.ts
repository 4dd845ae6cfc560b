// What the server is at when it takes long, in words and as a share, below the header.

import { byId } from "../dom/element";
import type { ProgressFrame } from "../wire/frames";

/** Show how far a task is; nothing once it has ended, or when nothing is heard of it any more (null). */
export function showProgress(frame: Pick<ProgressFrame, "task" | "done" | "total"> | null): void {
  const host = byId("progress");
  host.hidden = frame === null || frame.done >= frame.total;
  if (frame === null || host.hidden) return;
  host.firstElementChild!.textContent = frame.task;
  const bar = host.querySelector("progress")!;
  bar.max = frame.total;
  bar.value = frame.done;
  bar.setAttribute("aria-label", frame.task);
}
