// The band: its colour inside, the ground's at the rims, so that it stands out from points and from a bright room.
// The piece that would close it is dashed.

precision highp float;

uniform vec3 paint;
uniform vec3 ground;

in float across;
in float along;

out vec4 colour;

void main() {
    if (along >= 0.0 && fract(along / 4.0) > 0.5) discard;
    colour = vec4(mix(paint, ground, smoothstep(0.6, 0.8, abs(across))), 1.0);
}
