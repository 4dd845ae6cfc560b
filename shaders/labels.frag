// Text with its own transparency, premultiplied.

precision highp float;

uniform sampler2D text;

in vec2 at;

out vec4 colour;

void main() {
    colour = texture(text, at);
}
