// The requirements of a headset: whether each is met, and how to meet it.

import { element } from "../dom/element";

export type XrMode = "immersive-vr" | "immersive-ar";

/** One requirement. */
export interface Finding {
  name: string;
  ok: boolean;
  /** The state, or the remedy. */
  text: string;
}

/** The state of browser and server that is checked. */
export interface Surroundings {
  secure: boolean;
  location: { protocol: string; hostname: string; port: string };
  xr: { isSessionSupported(mode: XrMode): Promise<boolean> } | undefined;
  hands: boolean;
  webgl: boolean;
  live: boolean;
}

export interface Check {
  findings: Finding[];
  modes: XrMode[];
}

const NAMES: Record<XrMode, string> = { "immersive-vr": "VR", "immersive-ar": "AR" };

/** Check all requirements, in the order in which the user would meet them. */
export async function check(world: Surroundings): Promise<Check> {
  const modes: XrMode[] = [];
  for (const mode of ["immersive-vr", "immersive-ar"] as const) {
    if (await world.xr?.isSessionSupported(mode).catch(() => false)) modes.push(mode);
  }
  const findings = [secureContext(world), server(world), webgl(world), webxr(world), headset(world, modes), hands(world)];
  return { findings, modes: findings.slice(0, 5).every(({ ok }) => ok) ? modes : [] };
}

function secureContext({ secure, location: { hostname, port, protocol } }: Surroundings): Finding {
  const name = "Secure page";
  if (secure) return { name, ok: true, text: protocol === "https:" ? "https" : `${hostname} counts as secure` };
  const number = port || "80";
  return {
    name,
    ok: false,
    text:
      `Browsers offer VR only to secure pages, and this one came over plain http from ${hostname}. ` +
      `With a USB cable: run "adb reverse tcp:${number} tcp:${number}" on the computer, or start the server there with ` +
      `"devshell vr up --adb"; then open http://localhost:${number} here, and enter the code that was printed. ` +
      `Without one: "devshell vr up --host 0.0.0.0", and open the https address it prints.`,
  };
}

function server({ live }: Surroundings): Finding {
  const text = live ? "connected" : "It does not answer. Start it with devshell vr up; this page reconnects by itself.";
  return { name: "Server", ok: live, text };
}

function webgl({ webgl: ok }: Surroundings): Finding {
  const text = ok ? "available" : "Switch on hardware acceleration in the browser's settings, then reload this page.";
  return { name: "WebGL 2", ok, text };
}

function webxr({ xr, secure }: Surroundings): Finding {
  const text =
    xr !== undefined
      ? "available"
      : secure
        ? "This browser has no WebXR. Open this address in the browser of a headset (on a Quest: the Meta Quest Browser), or in Chrome or Edge with a headset on this computer."
        : "Not offered to a page that is not secure: see above.";
  return { name: "WebXR", ok: xr !== undefined, text };
}

function headset({ xr }: Surroundings, modes: readonly XrMode[]): Finding {
  const name = "Headset";
  if (modes.length > 0) return { name, ok: true, text: modes.map((mode) => NAMES[mode]).join(" and ") };
  const text =
    xr === undefined
      ? "Known once WebXR is there."
      : "The browser finds no headset. Put it on and wake it, connect it (Link or SteamVR) if it belongs to this computer, then open this list again.";
  return { name, ok: false, text };
}

function hands({ hands: ok }: Surroundings): Finding {
  const text = ok
    ? "asked for on entering; controllers work as well"
    : "Controllers work. For bare hands switch on hand tracking (on a Quest: Settings, Movement tracking) and enter again.";
  return { name: "Hands", ok, text };
}

/** The list of findings as an element. */
export function findingList(findings: readonly Finding[]): HTMLElement {
  const rows = findings.flatMap(({ name, ok, text }) => [
    element("dt", { className: ok ? "ok" : "missing", textContent: name }),
    element("dd", { textContent: text }),
  ]);
  return element("dl", { className: "findings" }, ...rows);
}
