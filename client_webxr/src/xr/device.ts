// Open the headset's session: its features, and the settings of its picture.

import type { WebGLRenderer } from "three";
import type { XrMode } from "./entry";

/** Hands are optional, since controllers work as well. three.js draws into layers where the device has them. */
const FEATURES: XRSessionInit = {
  requiredFeatures: ["local-floor"],
  optionalFeatures: ["hand-tracking", "layers"],
};
/**
 * Foveation, from 0 to 1: coarser pixels at the edge of the lenses. At 1, the default of three.js, points of two pixels
 * dissolve in the outer third of the picture; 0 would shade the rim at full cost, which the lenses blur anyway.
 */
const FOVEATION = 0.25;
/**
 * Share of the size that the device recommends. More has no use, since points are as fine as its pixels already, and
 * less blurs texts; when time is short, fewer points are drawn (frameBudget.ts).
 */
const FRAMEBUFFER_SCALE = 1;

/** Request a session and prepare the renderer for it. Rejects with the browser's message when the device refuses. */
export async function open(mode: XrMode, renderer: WebGLRenderer): Promise<XRSession> {
  const session = await navigator.xr!.requestSession(mode, FEATURES);
  const { xr } = renderer;
  xr.enabled = true;
  xr.setReferenceSpaceType("local-floor");
  xr.setFoveation(FOVEATION);
  xr.setFramebufferScaleFactor(FRAMEBUFFER_SCALE);
  return session;
}

/** Request the display's highest rate; resolves to the new rate, or undefined when the device does not report it. */
export async function quicken(session: XRSession): Promise<number | undefined> {
  const rates = session.supportedFrameRates;
  if (rates === undefined || rates.length === 0) return session.frameRate;
  const highest = rates.reduce((most, rate) => Math.max(most, rate), 0);
  return session.updateTargetFrameRate(highest).then(
    () => highest,
    () => session.frameRate, // the device keeps its own
  );
}
