/** What a vote can say, and what the signature under it means. */
export const CHOICES = ['APPROVE', 'APPROVE_WITH_CONDITIONS', 'REQUEST_CHANGES', 'REJECT', 'ABSTAIN', 'RECUSE'] as const;
export type Choice = (typeof CHOICES)[number];
/** Choices by which a lane may pass. */
export const APPROVALS: ReadonlySet<Choice> = new Set(['APPROVE', 'APPROVE_WITH_CONDITIONS']);
/** Choices that stop a lane. */
export const OBJECTIONS: ReadonlySet<Choice> = new Set(['REQUEST_CHANGES', 'REJECT']);
/** Choices that are no vote: who abstains has read it, who recuses has a conflict. They end whatever the person said before. */
export const STEPS_BACK: ReadonlySet<Choice> = new Set(['ABSTAIN', 'RECUSE']);

export const MEANINGS = ['REVIEWED', 'APPROVED', 'APPROVED_WITH_CONDITIONS', 'REJECTED', 'ABSTAINED', 'RECUSED'] as const;
export type Meaning = (typeof MEANINGS)[number];
export const MEANING_OF: Readonly<Record<Choice, Meaning>> = {
  APPROVE: 'APPROVED', APPROVE_WITH_CONDITIONS: 'APPROVED_WITH_CONDITIONS', REQUEST_CHANGES: 'REVIEWED', REJECT: 'REJECTED', ABSTAIN: 'ABSTAINED', RECUSE: 'RECUSED',
};
