// A downloaded selection opened again: chosen from a list of files, or dropped onto the page.

import { element } from "../dom/element";
import { readRecipe } from "../wire/recipe";

/** Characters of the longest recipe that fits into one message to the server. */
const MOST = 1_000_000;

/** The way to choose a file; its recipe goes to `open`, and a sentence for another file to `said`. */
export function prepareOpening(open: (recipe: string) => void, said: (line: string) => void): () => void {
  const take = (file: File | undefined) => file !== undefined && void read(file, open, said);
  const input = element("input", { type: "file", accept: ".parquet,.arrow,.json", hidden: true });
  input.addEventListener("change", () => {
    take(input.files?.[0]);
    input.value = "";
  });
  document.body.append(input);
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer?.files[0]);
  });
  return () => input.click();
}

async function read(file: File, open: (recipe: string) => void, said: (line: string) => void): Promise<void> {
  try {
    const recipe = await readRecipe(file);
    if (recipe.length > MOST) throw new Error("Its recipe is too long for the page: open it with devshell lasso open.");
    open(recipe);
  } catch (error) {
    said(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
