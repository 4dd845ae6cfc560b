// Points of a cloud, one vertex each. No #version here: a host prepends its own (300 es, or 330 core).
//
// Positions are the integers that travel and are selected on; modelViewMatrix takes them to the eye. Every point is
// opaque: a class that is hidden is moved out of the picture, one that is not selected loses colour and light. A point
// of a named selection that is shown has its colour; of several the first.

precision highp float;

uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
uniform vec4 classes[32];   // red, green, blue; 1 when the class is shown
uniform vec3 ground;        // colour of the background, which fog and fading go to
uniform float pixel;        // device pixels of one CSS pixel
uniform float rim;          // width in CSS pixels of the dark rim
uniform float scale;        // diameter in CSS pixels of a point at distance 1, before the limits of 2 and 5
uniform vec2 fog;           // distances at which fog begins and is full
uniform vec2 fresh;         // the first vertex of the newest points, and how far these have come, 0..1
uniform float selecting;    // 1 while something is selected
uniform float marking;      // 1 while a named selection is shown
uniform vec4 slots[8];      // red, green, blue of the named selections; 1 when shown. The first is not used

in vec4 position;           // x, y, z and the class in the low 8 bits
in float flags;             // bit 0 when selected, bits 1 to 7 when in the named selection of that slot

flat out vec3 tint;
flat out float radius;           // device pixels from the centre to the outside of the rim
flat out float edge;             // how dark the rim is, 0..1

const float MOST_EDGE = 0.25; // of dimmed points: where they are dense, dark rims would hide their colours
const float MOST_FOG = 0.6;

void main() {
    vec4 kind = classes[int(min(mod(position.w, 256.0), 31.0))];
    int bits = int(flags);
    float selected = float(bits & 1);
    float marked = 0.0;
    for (int slot = 7; marking > 0.5 && slot > 0; slot--) {
        if ((bits >> slot & 1) == 1 && slots[slot].a > 0.5) {
            kind.rgb = slots[slot].rgb;
            marked = 1.0;
        }
    }
    vec4 eye = modelViewMatrix * vec4(position.xyz, 1.0);
    float away = -eye.z;
    float born = float(gl_VertexID) < fresh.x ? 1.0 : fresh.y;
    // Points of named selections are dimmed half as much as the rest, so that they show beside a selection.
    float faded = max(selecting * (1.0 - selected) * (1.0 - 0.5 * marked), 0.8 * marking * (1.0 - marked) * (1.0 - selected));

    float grey = dot(kind.rgb, vec3(0.2126, 0.7152, 0.0722));
    vec3 dim = mix(ground, mix(vec3(grey), kind.rgb, 0.25), 0.42);
    vec3 light = vec3(step(dot(ground, vec3(1.0)), 1.5)); // away from the ground: white on dark, black on light
    vec3 lit = mix(kind.rgb, light, 0.12 * selecting);
    float haze = MOST_FOG * clamp((away - fog.x) / (fog.y - fog.x), 0.0, 1.0);
    tint = mix(ground, mix(mix(lit, dim, faded), ground, haze), born);

    float size = clamp(scale / max(away, 1e-6), 2.0, 5.0) * mix(0.4, 1.0, born);
    edge = mix(1.0, MOST_EDGE, faded);
    radius = (0.5 * size * mix(1.0, 0.85, faded) + rim * edge) * pixel;
    gl_PointSize = 2.0 * radius;
    gl_Position = kind.a > 0.5 ? projectionMatrix * eye : vec4(2.0, 2.0, 2.0, 1.0);
    gl_Position.z -= 1e-5 * max(selected, 0.5 * marked) * gl_Position.w; // of points at one place a selected one is visible
}
