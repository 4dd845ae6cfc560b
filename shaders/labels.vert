// A picture of some text that faces the viewer: anchored in space, sized in pixels, and laid on the pixel grid, so
// that its letters stay as sharp as they were drawn.

precision highp float;

uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
uniform vec2 viewport;      // device pixels
uniform vec2 extent;        // width and height of the text, device pixels
uniform vec2 offset;        // from the anchor to the middle of the text, device pixels, y up

in vec2 corner;             // -0.5 or 0.5

out vec2 at;

void main() {
    vec4 clip = projectionMatrix * modelViewMatrix * vec4(0.0, 0.0, 0.0, 1.0);
    vec2 middle = (clip.xy / clip.w * 0.5 + 0.5) * viewport + offset;
    vec2 low = floor(middle - 0.5 * extent + 0.5);
    vec2 here = low + (corner + 0.5) * extent;
    at = corner + 0.5;
    gl_Position = clip.w > 0.0 ? vec4(here / viewport * 2.0 - 1.0, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}
