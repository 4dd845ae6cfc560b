// Thin straight lines of a given width in pixels: one instance a line, drawn as a quad whose corners this places.
//
// Lines of the graphics interface itself are one pixel wide and jagged on most machines.

precision highp float;

uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
uniform vec2 viewport;      // CSS pixels
uniform float width;        // CSS pixels

in vec2 corner;             // x: 0 at the line's start, 1 at its end; y: -1 or 1 across it
in vec3 start;
in vec3 end;
in vec4 paint;              // red, green, blue, strength

out vec4 tint;
out float across;           // CSS pixels from the middle of the line

const float NEAR = 1e-3;

void main() {
    vec4 a = projectionMatrix * modelViewMatrix * vec4(start, 1.0);
    vec4 b = projectionMatrix * modelViewMatrix * vec4(end, 1.0);
    // A line that passes behind the eye is cut just before it, else its projection turns over.
    if (a.w < NEAR && b.w > NEAR) a = mix(b, a, (b.w - NEAR) / (b.w - a.w));
    if (b.w < NEAR && a.w > NEAR) b = mix(a, b, (a.w - NEAR) / (a.w - b.w));
    vec2 along = (b.xy / b.w - a.xy / a.w) * viewport;
    vec2 normal = length(along) > 0.0 ? normalize(vec2(-along.y, along.x)) : vec2(0.0);
    float reach = 0.5 * width + 1.0;
    vec4 here = mix(a, b, corner.x);
    tint = paint;
    across = corner.y * reach;
    gl_Position = here + vec4(normal * across * 2.0 / viewport * here.w, 0.0, 0.0);
}
