// Opening the headset's session: what is asked of the device, and how its picture is set.

import type { WebGLRenderer } from "three";
import type { XrMode } from "./entry";

/** Hands are asked for, not required: controllers do as well. Layers are what three.js draws into where there are any. */
const FEATURES: XRSessionInit = {
  requiredFeatures: ["local-floor"],
  optionalFeatures: ["hand-tracking", "layers"],
};
/**
 * Coarser pixels at the edge of the lenses, 0 to 1. three.js would set 1, where points of two pixels dissolve in the
 * outer third of the picture; none at all would shade a rim at full cost that the lenses blur anyway.
 */
const FOVEATION = 0.25;
/**
 * Of the size that the device recommends. More is no use, since points are as fine as its pixels already; and less
 * blurs texts: when time is short, the number of points gives way (pace.ts).
 */
const FRAMEBUFFER_SCALE = 1;

/** Ask for a session and prepare the renderer for it. Rejects with the browser's words when the device refuses. */
export async function open(mode: XrMode, renderer: WebGLRenderer): Promise<XRSession> {
  const session = await navigator.xr!.requestSession(mode, FEATURES);
  const { xr } = renderer;
  xr.enabled = true;
  xr.setReferenceSpaceType("local-floor");
  xr.setFoveation(FOVEATION);
  xr.setFramebufferScaleFactor(FRAMEBUFFER_SCALE);
  return session;
}

/** Ask for the display's highest rate; the rate it will have, or undefined when the device does not say. */
export async function quicken(session: XRSession): Promise<number | undefined> {
  const rates = session.supportedFrameRates;
  if (rates === undefined || rates.length === 0) return session.frameRate;
  const highest = rates.reduce((most, rate) => Math.max(most, rate), 0);
  return session.updateTargetFrameRate(highest).then(
    () => highest,
    () => session.frameRate, // the device keeps its own
  );
}
