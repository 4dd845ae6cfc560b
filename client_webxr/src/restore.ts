// Restore the view of a link (link.ts), and copy a link to the current view.

import { copyText } from "./dom/clipboard";
import type { Client } from "./client";
import type { Drawing } from "./input/drawing";
import { fragment, read, type Shown } from "./page/link";
import { notice } from "./page/notice";
import type { Scene } from "./wire/protocol.gen";

/** Restore the link in the address at the first scene, and again when the address gets another link. */
export function restore(client: Client, drawing: Drawing): void {
  let wanted: Partial<Shown> | null = read(location.hash);
  client.onMessage((heard) => {
    if (heard.type === "scene" && wanted !== null && show(client, drawing, heard, wanted)) wanted = null;
  });
  window.addEventListener("hashchange", () => {
    wanted = read(location.hash);
    if (client.scene !== null && show(client, drawing, client.scene, wanted)) wanted = null;
  });
}

/** Returns whether everything is restored; if not, the rest waits for the requested scene. */
function show(client: Client, drawing: Drawing, scene: Scene, wanted: Partial<Shown>): boolean {
  const { eye, target, axis, tool, hidden } = wanted;
  const { camera, controls } = client.orbit;
  if (eye !== undefined && target !== undefined) {
    camera.position.set(eye[0]!, eye[1]!, eye[2]!);
    controls.target.set(target[0]!, target[1]!, target[2]!);
    controls.update();
  }
  if (axis !== undefined && axis !== client.murmuration.axis) client.murmuration.against(axis);
  if (tool != null && !(drawing.armed && drawing.tool === tool)) drawing.take(tool);
  const { projection = scene.projection, classes = scene.column, conductor = scene.conductor } = wanted;
  if (projection !== scene.projection || classes !== scene.column || conductor.join() !== scene.conductor.join()) {
    client.ask({ type: "view", projection, classes, conductor: [...conductor] });
    // Requested once: a refused view, or one that other members change meanwhile, is not requested again.
    delete wanted.projection;
    delete wanted.classes;
    delete wanted.conductor;
    return false;
  }
  for (const index of hidden ?? []) if (!client.hidden.has(index)) client.toggleClass(index);
  return true;
}

/** Copy a link to the current view, and put it into the address of this page. */
export async function copyLink(client: Client, drawing: Drawing): Promise<void> {
  const { scene, orbit, murmuration, hidden } = client;
  if (scene === null) return;
  const text = fragment({
    projection: scene.projection,
    classes: scene.column,
    conductor: scene.conductor as [number, number],
    hidden: [...hidden],
    eye: orbit.camera.position.toArray(),
    target: orbit.controls.target.toArray(),
    axis: murmuration.axis,
    tool: drawing.armed ? drawing.tool : null,
  });
  history.replaceState(history.state, "", text);
  try {
    await copyText(location.href);
  } catch {
    notice("The browser refused to copy. The link is in the address bar: copy it there.");
  }
}
