// A method that @types/webxr lacks.

interface XRFrame {
  /** WebXR Hand Input: one 4x4 matrix a space, column-major; false when a pose is unknown, which is then NaN. */
  fillPoses?(spaces: readonly XRSpace[], baseSpace: XRSpace, transforms: Float32Array): boolean;
}
