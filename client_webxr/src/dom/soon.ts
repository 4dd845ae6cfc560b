// Writing the page once a picture, however often what it says changes: words and plots cost a layout each time.

/** A function that has `act` done before the page's next picture; asked again until then, it is done once. */
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
