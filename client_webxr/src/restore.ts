// What a link (link.ts) says is shown, and what is shown is said in a link.

import { copyText } from "./dom/clipboard";
import type { Client } from "./client";
import type { Drawing } from "./input/drawing";
import { fragment, read, type Shown } from "./page/link";
import { notice } from "./page/notice";
import type { Scene } from "./wire/protocol.gen";

/** Show what the address says as soon as there is a scene, and again when another link is put into the address. */
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

/** Returns whether all of it is shown; the rest has to wait for the scene that was asked for. */
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
    // Asked for once: what is refused, or what others change meanwhile, is not fought for.
    delete wanted.projection;
    delete wanted.classes;
    delete wanted.conductor;
    return false;
  }
  for (const index of hidden ?? []) if (!client.hidden.has(index)) client.toggleClass(index);
  return true;
}

/** Copy a link to what is shown now, and put it into this page's address. */
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
    notice("The browser did not allow copying; the link stands in the address bar.");
  }
}
