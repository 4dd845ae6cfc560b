// Reports what a page has really drawn: the same script in every peer's page, so that all are timed alike.
//
// A frame is every callback in which gl.POINTS were drawn; it counts as shown when a pixel of it could be read back,
// that is when the renderer has finished it. The marker is the first number of the last large upload: a pusher writes
// the number of its update there. Times are milliseconds since 1970, so that they compare with the pusher's clock.
//
// A page that paints points itself onto a plain canvas (ours, where WebGL would be drawn in software) puts whole pictures
// there: each counts likewise once a pixel of it could be read back. Which points are in it no call tells; the page does
// (window.lab). There each update is a scene, and the marker is the number of the scene since the first.
(() => {
  const { collector, halves } = document.currentScript.dataset;
  const pixel = new Uint8Array(4);
  let frames = [];
  let drawn = 0;
  let marker = -1;

  function count(gl, mode, n) {
    if (mode !== 0 || n === 0) return; // gl.POINTS
    if (drawn === 0) queueMicrotask(() => shown(gl));
    drawn += n;
  }

  function shown(gl) {
    const bound = gl.getParameter(gl.READ_FRAMEBUFFER_BINDING);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, bound);
    frames.push({ at: performance.timeOrigin + performance.now(), drawn, marker });
    drawn = 0;
  }

  const onto = CanvasRenderingContext2D.prototype.putImageData;
  let scenes = null;
  CanvasRenderingContext2D.prototype.putImageData = function (image, ...at) {
    onto.call(this, image, ...at);
    const { lab } = window;
    if (lab === undefined || 2 * image.width < innerWidth || lab.drawn === 0) return;
    scenes ??= lab.epoch;
    const [drawn, marker] = [lab.drawn, lab.epoch - scenes];
    queueMicrotask(() => {
      this.getImageData(0, 0, 1, 1);
      frames.push({ at: performance.timeOrigin + performance.now(), drawn, marker });
    });
  };

  const { prototype } = WebGL2RenderingContext;
  const calls = {
    drawArrays: (a) => a[2],
    drawElements: (a) => a[1],
    drawArraysInstanced: (a) => a[2] * a[3],
    drawElementsInstanced: (a) => a[1] * a[4],
  };
  for (const [name, points] of Object.entries(calls)) {
    const original = prototype[name];
    prototype[name] = function (...a) {
      count(this, a[0], points(a));
      return original.apply(this, a);
    };
  }
  const extension = prototype.getExtension;
  prototype.getExtension = function (name) {
    const found = extension.call(this, name);
    if (name === "WEBGL_multi_draw" && found !== null && !found.counted) {
      const original = found.multiDrawArraysWEBGL.bind(found);
      found.counted = true;
      found.multiDrawArraysWEBGL = (mode, firsts, at, counts, from, n) => {
        count(this, mode, counts.slice(from, from + n).reduce((sum, each) => sum + each, 0));
        return original(mode, firsts, at, counts, from, n);
      };
    }
    return found;
  };

  // The number a pusher wrote first: half and single floats as they are, unsigned integers likewise.
  function first(data, at) {
    const view = new DataView(data.buffer ?? data, data.byteOffset ?? 0);
    const offset = at * (data.BYTES_PER_ELEMENT ?? 1);
    if (data instanceof Float32Array) return view.getFloat32(offset, true);
    const half = view.getUint16(offset, true);
    return data instanceof Uint16Array && halves === undefined ? half : fromHalf(half);
  }
  function fromHalf(h) {
    const exponent = (h >> 10) & 31;
    return exponent === 0 ? (h & 1023) * 2 ** -24 : (1 + (h & 1023) / 1024) * 2 ** (exponent - 15);
  }
  for (const [name, data, at] of [["bufferData", 1, 3], ["bufferSubData", 2, 3]]) {
    const original = prototype[name];
    prototype[name] = function (...a) {
      const given = a[data];
      const positions = given instanceof Float32Array || given instanceof Uint16Array;
      const whole = name === "bufferData" || a[1] === 0;
      if (positions && whole && given.byteLength >= 50_000) marker = first(given, a[at] ?? 0);
      return original.apply(this, a);
    };
  }

  setInterval(() => {
    if (frames.length === 0) return;
    const body = JSON.stringify(frames);
    frames = [];
    const key = localStorage.getItem("murmuration-key:/"); // our own server asks for it
    if (key === null) void fetch(collector, { method: "POST", mode: "no-cors", body });
    else void fetch(collector, { method: "POST", headers: { "Murmuration-Key": key }, body });
  }, 200);
})();
