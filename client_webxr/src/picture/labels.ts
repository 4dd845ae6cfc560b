// Text in the picture: drawn once on a small canvas, then shown as a quad that faces the viewer, aligned to pixels.

import {
  CanvasTexture,
  GLSL3,
  Mesh,
  NearestFilter,
  NoColorSpace,
  PlaneGeometry,
  RawShaderMaterial,
  Vector2,
} from "three";
import fragment from "../../../shaders/labels.frag?raw";
import vertex from "../../../shaders/labels.vert?raw";

const QUAD = new PlaneGeometry(1, 1).deleteAttribute("normal").deleteAttribute("uv");
QUAD.setAttribute("corner", QUAD.getAttribute("position"));

export interface TextLine {
  text: string;
  /** A CSS colour. */
  colour: string;
  /** CSS pixels. */
  size: number;
}

export class Label {
  readonly mesh: Mesh;
  /** Extent in CSS pixels. */
  readonly width: number;
  readonly height: number;
  private readonly material: RawShaderMaterial;

  /** One or more centred lines of text; `halo` is the colour of their outline, against the points behind. */
  constructor(
    lines: readonly TextLine[],
    halo: string,
    private readonly ratio: number,
  ) {
    const canvas = drawText(lines, halo, ratio);
    this.width = canvas.width / ratio;
    this.height = canvas.height / ratio;
    const texture = new CanvasTexture(canvas);
    texture.colorSpace = NoColorSpace;
    texture.premultiplyAlpha = true;
    texture.generateMipmaps = false;
    texture.minFilter = texture.magFilter = NearestFilter;
    this.material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: vertex,
      fragmentShader: fragment,
      transparent: true,
      premultipliedAlpha: true,
      depthTest: false,
      depthWrite: false,
      uniforms: {
        text: { value: texture },
        extent: { value: new Vector2(canvas.width, canvas.height) },
        viewport: { value: new Vector2(1, 1) },
        offset: { value: new Vector2() },
      },
    });
    this.mesh = new Mesh(QUAD, this.material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 2;
  }

  /** Offset the middle of the text from its anchor in CSS pixels (x right, y up), in a picture of this size. */
  place(x: number, y: number, width: number, height: number): void {
    (this.material.uniforms["offset"]!.value as Vector2).set(x * this.ratio, y * this.ratio);
    (this.material.uniforms["viewport"]!.value as Vector2).set(width * this.ratio, height * this.ratio);
  }

  dispose(): void {
    (this.material.uniforms["text"]!.value as CanvasTexture).dispose();
    this.material.dispose();
  }
}

/** Draw text on a canvas of its own, with `ratio` device pixels for each CSS pixel. */
export function drawText(lines: readonly TextLine[], halo: string, ratio: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d")!;
  const font = (line: TextLine) => `${line.size * ratio}px ${getComputedStyle(document.body).fontFamily}`;
  const leading = 1.35 * ratio;
  const widths = lines.map((line) => ((pen.font = font(line)), pen.measureText(line.text).width));
  canvas.width = Math.ceil(Math.max(...widths) + 6 * ratio);
  canvas.height = Math.ceil(lines.reduce((sum, line) => sum + line.size * leading, 4 * ratio));
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 4 * ratio;
  pen.strokeStyle = halo;
  let y = 2 * ratio;
  for (const line of lines) {
    pen.font = font(line);
    pen.fillStyle = line.colour;
    const middle = y + (line.size * leading) / 2;
    pen.strokeText(line.text, canvas.width / 2, middle);
    pen.fillText(line.text, canvas.width / 2, middle);
    y += line.size * leading;
  }
  return canvas;
}
