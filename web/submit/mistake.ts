/** What is wrong with one place of a submission, by its JSON pointer; an empty one is about all of it. */
export interface Mistake {
  pointer: string;
  words: string;
}
