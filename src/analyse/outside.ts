/** Thrown where a question leaves what the analyser decides exactly: the verdict is then `unknown`, with this reason. */
export class Outside extends Error {}
