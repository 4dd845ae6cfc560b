// A flat rectangle in the room with the picture of a canvas, such as a text.

import { CanvasTexture, LinearFilter, LinearMipmapLinearFilter, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace } from "three";

const PLANE = new PlaneGeometry(1, 1);

export class TextPanel {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  private texture: CanvasTexture;

  /** A `transparent` canvas is blended; an opaque one is cheaper. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    transparent: boolean,
  ) {
    this.texture = texture(canvas);
    // One-sided: for a two-sided transparent material three.js makes a program in every frame.
    const material = new MeshBasicMaterial({ map: this.texture, transparent, premultipliedAlpha: true, toneMapped: false });
    this.mesh = new Mesh(PLANE, material);
    this.mesh.frustumCulled = false;
  }

  /** Set its extent in metres. */
  size(width: number, height: number): void {
    this.mesh.scale.set(width, height, 1);
  }

  /** The canvas was drawn again; with `resized` its size has changed, too, which needs a new texture. */
  redrawn(resized = false): void {
    if (resized) {
      this.texture.dispose();
      this.texture = this.mesh.material.map = texture(this.canvas);
    }
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.texture.dispose();
    this.mesh.material.dispose();
    this.mesh.removeFromParent();
  }
}

function texture(canvas: HTMLCanvasElement): CanvasTexture {
  const made = new CanvasTexture(canvas);
  made.colorSpace = SRGBColorSpace;
  made.premultiplyAlpha = true;
  made.generateMipmaps = true;
  made.minFilter = LinearMipmapLinearFilter; // a panel seen at a slant would shimmer otherwise
  made.magFilter = LinearFilter;
  made.anisotropy = 4;
  return made;
}
