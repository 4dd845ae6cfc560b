// The progress of a long task of the server, below the header.

import { byId } from "../dom/element";
import type { ProgressFrame } from "../wire/frames";

/** Show the progress of a task; hidden once the task has ended or the connection is lost (null). */
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
