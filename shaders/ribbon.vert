// A band in space that turns its flat side to the eye: one instance a piece, from one point of a line to the next.

precision highp float;

uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
uniform float width;        // of the band, in the units of space
uniform float pieces;       // how many pieces are drawn; the one after them closes the line

in vec2 corner;             // x: 0 at the piece's start, 1 at its end; y: -1 or 1 across it
in vec3 start;
in vec3 end;

out float across;           // -1..1
out float along;            // in units of the width, on the closing piece; -1 on the others

void main() {
    vec3 a = (modelViewMatrix * vec4(start, 1.0)).xyz;
    vec3 b = (modelViewMatrix * vec4(end, 1.0)).xyz;
    bool closing = float(gl_InstanceID) >= pieces;
    vec3 way = b - a;
    float far = length(way);
    way = far > 0.0 ? way / far : vec3(1.0, 0.0, 0.0);
    vec3 here = mix(a, b, corner.x);
    vec3 side = cross(way, normalize(here));
    side = length(side) > 1e-4 ? normalize(side) : vec3(0.0, 1.0, 0.0);
    float half_width = 0.5 * width * (closing ? 0.6 : 1.0);
    // Pieces reach a little into each other, so that a bend has no notch.
    here += way * (corner.x * 2.0 - 1.0) * (closing ? 0.0 : 0.3 * half_width) + side * corner.y * half_width;
    across = corner.y;
    along = closing ? corner.x * far / width : -1.0;
    gl_Position = projectionMatrix * vec4(here, 1.0);
}
