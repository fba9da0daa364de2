/** Something was not as the plan saw it: the caller observes again and plans anew. */
export class Surprise extends Error {}
