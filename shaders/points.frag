// A round opaque point with a dark rim. The step from colour to rim is smooth, which makes points
// look round without blending and without multisampling. With PLAIN a point is a square of two pixels:
// nothing is discarded, so hidden points are rejected before they are coloured.

precision highp float;

uniform vec3 ground;
uniform float pixel;
uniform float rim;

flat in vec3 tint;
flat in float radius;
flat in float edge;

out vec4 colour;

void main() {
#ifdef PLAIN
    colour = vec4(tint, 1.0);
#else
    float away = length(gl_PointCoord - 0.5) * 2.0 * radius;
    if (away > radius) discard;
    float dark = edge * smoothstep(radius - 1.5 * rim * pixel, radius - 0.5 * rim * pixel, away);
    colour = vec4(mix(tint, ground * 0.8, dark), 1.0);
#endif
}
