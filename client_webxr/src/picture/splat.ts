// Points drawn by the processor into an array of pixels, as the point shaders draw them.
//
// A browser that draws WebGL in software spends half a microsecond on a point of any size, because it sets up a polygon.
// Here a point costs a matrix product, a colour look-up and about four depth comparisons: a tenth. The arithmetic is that
// of shaders/points.vert and points.frag, and a test compares the two pictures.

import type { Chunk } from "../cloud/cloud";
import { CLASS_BITS, SELECTED, slotBit } from "../cloud/flags";
import type { PointStyle } from "./pointStyle";
import { MOST_CLASSES, type Rgb } from "./palette";
import { MOST_MARKS } from "../wire/protocol.gen";

/** Steps of fog: two neighbours differ by less than a step of eight bits. */
const HAZES = 128;
const MOST_FOG = 0.6;
/** Strength of the rim of dimmed points. */
const MOST_EDGE = 0.25;
const SMALLEST = 2;
const LARGEST = 5;
/** Share of the size of new points at the start of their fade. */
const NEWBORN = 0.4;
const NEAR = 0.01;
/** Advance of a selected point over others at its place, in inverse distance: 1e-5 of the depth that WebGL compares. */
const AHEAD = 5e-4;

/** Styles of points: class, or slot of the named selection that colours it, each selected or not. */
const STYLES = 2 * (MOST_CLASSES + MOST_MARKS);

export interface SplatColours {
  classes: readonly Rgb[];
  /** Colours of the named selections by slot; null for an empty slot. The first is not used. */
  slots: readonly (Rgb | null)[];
  ground: Rgb;
  hidden: ReadonlySet<number>;
  /** Whether something is selected, so that all other points are dimmed. */
  selecting: boolean;
}

export interface SplatView {
  /** From the drawn integers to clip space, column-major. */
  matrix: readonly number[];
  /** Device pixels for each CSS pixel. */
  pixel: number;
  style: PointStyle;
}

export class Splat {
  width = 0;
  height = 0;
  /** Red, green, blue and alpha of each pixel, from the top left; transparent without a point. */
  pixels = new Uint8ClampedArray(0);
  private words = new Uint32Array(0);
  /** Inverse distance of the point in each pixel. */
  private depth = new Float32Array(0);
  /** Colours by style and fog, of settled points and of points that fade in. */
  private readonly tints = new Uint32Array(STYLES * HAZES);
  private readonly fresh = new Uint32Array(STYLES * HAZES);
  /** Red, green and blue of each style without fog. */
  private readonly base = new Float64Array(STYLES * 3);
  private readonly faded = new Float64Array(STYLES);
  private readonly ahead = new Float64Array(STYLES);
  /** The slot that colours a point with these flags, or 0. */
  private readonly slotOf = new Uint8Array(256);
  private readonly shown = new Uint8Array(256);
  private ground: Rgb = [0, 0, 0];

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8ClampedArray(4 * width * height);
    this.words = new Uint32Array(this.pixels.buffer);
    this.depth = new Float32Array(width * height);
  }

  /** Set the colours. */
  paint({ classes, slots, ground, hidden, selecting }: SplatColours): void {
    this.ground = ground;
    const marking = slots.some((slot) => slot !== null);
    const light: Rgb = ground[0] + ground[1] + ground[2] < 1.5 ? [1, 1, 1] : [0, 0, 0];
    for (let style = 0; style < STYLES; style++) {
      const [kind, selected] = [style >> 1, style & 1];
      const marked = kind >= MOST_CLASSES ? 1 : 0;
      const own = (marked ? slots[kind - MOST_CLASSES + 1] : classes[kind]) ?? ground;
      const back = selecting ? (1 - selected) * (1 - 0.5 * marked) : 0;
      const faded = Math.max(back, marking ? 0.8 * (1 - marked) * (1 - selected) : 0);
      const grey = 0.2126 * own[0] + 0.7152 * own[1] + 0.0722 * own[2];
      for (let c = 0; c < 3; c++) {
        const dim = mix(ground[c]!, mix(grey, own[c]!, 0.25), 0.42);
        this.base[3 * style + c] = mix(mix(own[c]!, light[c]!, selecting ? 0.12 : 0), dim, faded);
      }
      this.faded[style] = faded;
      this.ahead[style] = AHEAD * Math.max(selected, 0.5 * marked);
    }
    for (let flags = 0; flags < 256; flags++) {
      const first = slots.findIndex((slot, i) => i > 0 && slot !== null && flags & slotBit(i));
      this.slotOf[flags] = Math.max(0, first);
    }
    for (let kind = 0; kind < 256; kind++) this.shown[kind] = hidden.has(Math.min(kind, MOST_CLASSES - 1)) ? 0 : 1;
    this.tint(this.tints, 1);
  }

  private tint(tints: Uint32Array, born: number): void {
    const { base, ground } = this;
    for (let style = 0; style < STYLES; style++) {
      for (let haze = 0; haze < HAZES; haze++) {
        const share = born * (1 - (MOST_FOG * haze) / (HAZES - 1));
        let word = 0xff; // opaque; in memory the bytes are reversed, red first
        for (let c = 2; c >= 0; c--) {
          word = (word << 8) | Math.round(255 * (ground[c]! + (base[3 * style + c]! - ground[c]!) * share));
        }
        tints[style * HAZES + haze] = word;
      }
    }
  }

  /** Draw chunks. Points from index `first` on fade in, with the progress `born`, 0..1. */
  draw(chunks: readonly Chunk[], view: SplatView, first = 0, born = 1): void {
    this.words.fill(0);
    this.depth.fill(0);
    if (born < 1) this.tint(this.fresh, born);
    for (const chunk of chunks) {
      const old = born < 1 ? Math.min(chunk.size, Math.max(0, first - chunk.start)) : chunk.size;
      this.run(chunk, 0, old, view, 1);
      this.run(chunk, old, chunk.size, view, born);
    }
  }

  /** Points `from` to `to` of a chunk. One loop without objects: it runs a million times for each picture. */
  private run({ position, flags }: Chunk, from: number, to: number, view: SplatView, born: number): void {
    const { matrix, pixel, style } = view;
    const { width, height, words, depth, faded, ahead, slotOf, shown } = this;
    const tints = born < 1 ? this.fresh : this.tints;
    // From integers to pixels times distance, y down.
    const [hx, hy] = [width / 2, height / 2];
    const row = (half: number, i: number, sign: number) =>
      [0, 4, 8, 12].map((c) => half * (matrix[c + 3]! + sign * matrix[c + i]!)) as [number, number, number, number];
    const [ax, ay, az, aw] = row(hx, 0, 1);
    const [bx, by, bz, bw] = row(hy, 1, -1);
    const [dx, dy, dz, dw] = [matrix[3]!, matrix[7]!, matrix[11]!, matrix[15]!];
    const hazes = (HAZES - 1) / (style.far - style.near);
    const { scale, near } = style;
    const rim = style.rim * pixel;
    const half = 0.5 * pixel * mix(NEWBORN, 1, born);

    for (let i = from; i < to; i++) {
      const kind = position[4 * i + 3]! & CLASS_BITS;
      if (shown[kind] === 0) continue;
      const x = position[4 * i]!;
      const y = position[4 * i + 1]!;
      const z = position[4 * i + 2]!;
      const away = dx * x + dy * y + dz * z + dw;
      if (away < NEAR) continue;
      const inverse = 1 / away;
      const px = (ax * x + ay * y + az * z + aw) * inverse;
      const py = (bx * x + by * y + bz * z + bw) * inverse;

      const bits = flags[i]!;
      const slot = slotOf[bits]!;
      const colour = slot > 0 ? MOST_CLASSES + slot - 1 : kind < MOST_CLASSES ? kind : MOST_CLASSES - 1;
      const style = 2 * colour + (bits & SELECTED);
      const stepped = faded[style]!;
      const size = scale * inverse;
      const edge = 1 - (1 - MOST_EDGE) * stepped;
      const within = size < SMALLEST ? SMALLEST : size > LARGEST ? LARGEST : size;
      const radius = half * within * (1 - 0.15 * stepped) + rim * edge;

      // The pixels whose centres lie in the square around the point.
      let left = Math.ceil(px - radius - 0.5);
      let top = Math.ceil(py - radius - 0.5);
      let right = Math.ceil(px + radius - 0.5);
      let bottom = Math.ceil(py + radius - 0.5);
      if (left < 0) left = 0;
      if (top < 0) top = 0;
      if (right > width) right = width;
      if (bottom > height) bottom = height;
      if (left >= right || top >= bottom) continue;

      const fog = (away - near) * hazes;
      const word = tints[style * HAZES + (fog < 0 ? 0 : fog >= HAZES - 1 ? HAZES - 1 : (fog + 0.5) | 0)]!;
      const key = Math.fround(inverse + ahead[style]!);
      if (rim === 0) {
        for (let v = top; v < bottom; v++) {
          for (let at = v * width + left, end = v * width + right; at < end; at++) {
            if (key < depth[at]!) continue;
            depth[at] = key;
            words[at] = word;
          }
        }
        continue;
      }
      const inner = radius - 1.5 * rim;
      for (let v = top; v < bottom; v++) {
        for (let u = left; u < right; u++) {
          const at = v * width + u;
          if (key < depth[at]!) continue;
          const distance = Math.sqrt((u + 0.5 - px) * (u + 0.5 - px) + (v + 0.5 - py) * (v + 0.5 - py));
          if (distance > radius) continue;
          depth[at] = key;
          words[at] = distance <= inner ? word : this.dark(word, edge * smooth((distance - inner) / rim));
        }
      }
    }
  }

  /** A colour mixed with that of the rim. */
  private dark(word: number, share: number): number {
    const { ground } = this;
    const red = mix(word & 0xff, 204 * ground[0], share);
    const green = mix((word >> 8) & 0xff, 204 * ground[1], share);
    const blue = mix((word >> 16) & 0xff, 204 * ground[2], share);
    return (0xff << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red);
  }
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** GLSL's smoothstep from 0 to 1. */
function smooth(t: number): number {
  const s = t < 0 ? 0 : t > 1 ? 1 : t;
  return s * s * (3 - 2 * s);
}
