import { expect, test } from "vitest";
import { check, type Surroundings } from "../../src/xr/entry";

const QUEST: Surroundings = {
  secure: true,
  location: { protocol: "http:", hostname: "localhost", port: "8765" },
  xr: { isSessionSupported: async () => true },
  hands: true,
  webgl: true,
  live: true,
};

async function missing(change: Partial<Surroundings>): Promise<string[]> {
  const { findings, modes } = await check({ ...QUEST, ...change });
  const lacking = findings.filter(({ ok }) => !ok).map(({ name, text }) => `${name}: ${text}`);
  expect(modes.length > 0).toBe(lacking.every((line) => line.startsWith("Hands")));
  expect(lacking.join()).not.toMatch(/not supported/i);
  return lacking;
}

test("both modes are offered when every requirement is met", async () => {
  expect((await check(QUEST)).modes).toEqual(["immersive-vr", "immersive-ar"]);
  expect(await missing({})).toEqual([]);
});

test("a page over plain http names the exact commands to type", async () => {
  const location = { protocol: "http:", hostname: "192.168.1.5", port: "8765" };
  const [line] = await missing({ secure: false, xr: undefined, location });
  expect(line).toContain("adb reverse tcp:8765 tcp:8765");
  expect(line).toContain("http://localhost:8765");
  expect(line).toContain("devshell vr up --host 0.0.0.0");
});

test("every other missing requirement is named with its remedy", async () => {
  expect((await missing({ xr: undefined }))[0]).toMatch(/WebXR: .*Quest Browser/);
  expect(await missing({ xr: { isSessionSupported: async () => false } })).toEqual([expect.stringMatching(/^Headset: .*wake/)]);
  expect(await missing({ xr: { isSessionSupported: () => Promise.reject(new Error()) } })).toHaveLength(1);
  expect(await missing({ webgl: false })).toEqual([expect.stringMatching(/^WebGL 2: .*hardware acceleration/)]);
  expect(await missing({ live: false })).toEqual([expect.stringMatching(/^Server: .*devshell vr up/)]);
  expect(await missing({ hands: false })).toEqual([expect.stringMatching(/^Hands: .*hand tracking/)]);
});
