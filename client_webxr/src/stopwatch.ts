// How long pictures take, measured to their end on whatever draws them: WebGL's calls return long before that.

/** Milliseconds between two looks at whether a picture is finished. */
const POLL = 4;

export class Stopwatch {
  private sync: WebGLSync | null = null;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly took: (milliseconds: number) => void,
  ) {}

  /** All calls of a picture were made. Measured one at a time, so that one does not wait for another. */
  drew(): void {
    if (this.sync !== null || this.gl.isContextLost()) return;
    const { gl } = this;
    this.sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    const began = performance.now();
    const look = () => {
      if (this.sync === null) return;
      if (gl.isContextLost()) return void (this.sync = null);
      if (gl.getSyncParameter(this.sync, gl.SYNC_STATUS) !== gl.SIGNALED) return void window.setTimeout(look, POLL);
      gl.deleteSync(this.sync);
      this.sync = null;
      this.took(performance.now() - began);
    };
    window.setTimeout(look, POLL);
  }
}
