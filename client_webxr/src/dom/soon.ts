// Coalesce page updates into one for each frame: every write of text or a plot costs a layout.

/** A function that schedules `act` for the next frame; further calls before that frame add nothing. */
export function soon(act: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      act();
    });
  };
}
