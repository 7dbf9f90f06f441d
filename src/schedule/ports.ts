/** What the schedule asks of the world: somebody who is told. */

export interface Notifier {
  /** For people: "Slack". */
  readonly name: string;
  /** `subject`: one line of at most 100 characters. Errors: NOTICE_FAILED. */
  send(notice: { readonly subject: string; readonly text: string }): Promise<void>;
}
