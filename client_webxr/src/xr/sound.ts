// Short synthesised sounds: a click for a button, a tick for a closed loop.

export class Sound {
  private context: AudioContext | null = null;

  /** Start the audio context: browsers allow it only after an action of the user, such as entering. */
  begin(): void {
    this.context ??= new AudioContext();
    void this.context.resume().then(() => this.tone(900, 0.01, 0.001)); // inaudible: the first sound takes longer than a frame may
  }

  end(): void {
    void this.context?.suspend();
  }

  click(): void {
    this.tone(1400, 0.03, 0.08);
  }

  tick(): void {
    this.tone(900, 0.06, 0.12);
  }

  /** A sine of this pitch in hertz that decays within `seconds`. */
  private tone(pitch: number, seconds: number, loudness: number): void {
    const { context } = this;
    if (context === null || context.state !== "running") return;
    const [source, gain] = [context.createOscillator(), context.createGain()];
    const now = context.currentTime;
    source.frequency.value = pitch;
    gain.gain.setValueAtTime(loudness, now);
    gain.gain.exponentialRampToValueAtTime(0.001, now + seconds);
    source.connect(gain).connect(context.destination);
    source.start(now);
    source.stop(now + seconds);
  }
}
