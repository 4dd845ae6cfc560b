// What @types/webxr does not have yet.

interface XRFrame {
  /** WebXR Hand Input: one 4x4 matrix a space, column-major; false when some pose is not known, which is then NaN. */
  fillPoses?(spaces: readonly XRSpace[], baseSpace: XRSpace, transforms: Float32Array): boolean;
}
