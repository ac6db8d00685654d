/** A start-up problem that the operator must mend; the message names the variable and the remedy. */
export class DatabaseUnusable extends Error {}
