// Short sounds made on the spot: a click for a button, a tick when a loop snaps shut.

export class Sound {
  private context: AudioContext | null = null;

  /** Sounds may begin: browsers allow them only after an act of the user, and entering is one. */
  begin(): void {
    this.context ??= new AudioContext();
    void this.context.resume().then(() => this.tone(900, 0.01, 0.001)); // unheard: the first takes longer than a frame may
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

  /** A sine of this pitch in hertz that dies away within `seconds`. */
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
