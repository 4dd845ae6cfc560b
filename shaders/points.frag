// A round opaque point with a dark rim of one CSS pixel. The step from colour to rim is smooth, which makes points
// round to the eye without blending and without multisampling.

precision highp float;

uniform vec3 ground;
uniform float pixel;

in vec3 tint;
in float radius;
in float edge;

out vec4 colour;

void main() {
    float away = length(gl_PointCoord - 0.5) * 2.0 * radius;
    if (away > radius) discard;
    float rim = edge * smoothstep(radius - 1.5 * pixel, radius - 0.5 * pixel, away);
    colour = vec4(mix(tint, ground * 0.8, rim), 1.0);
}
