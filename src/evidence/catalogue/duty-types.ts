/** Evidence that duties towards people, authorities and the organization's own rules were met. */
import { LANES } from '../../domain/actor.js';
import { REVIEW_LEVELS } from '../../domain/policy.js';
import { EU_CLASSES } from '../../domain/system.js';
import { choice, digest, flag, language, link, list, magnitude, moment, record, text, texts, type EvidenceType } from './terms.js';

export const DUTY_TYPES: readonly EvidenceType[] = [
  {
    id: 'user_notice', title: 'Notice to people', shows: 'What people are told: that they deal with AI, that something was made by it, or that it has part in a decision about them.',
    payload: record({
      kind: choice(['AI_INTERACTION', 'CONTENT_MARKING', 'DECISION_SUBJECT'], 'What they are told; DECISION_SUBJECT: that it has part in a decision about them, and how they can contest that.'), channel: text('Where they read or hear it.'), textHash: digest('Of the text.'), languageCodes: list(language('One of them.'), 'In which languages.'), approvedBy: text('Who has approved the text, by role or handle.'), liveCheckAt: moment('When somebody last saw that it is there; for a decision about people it may be left out.'),
    }, ['channel', 'textHash', 'languageCodes', 'approvedBy', 'liveCheckAt'], { if: { properties: { kind: { not: { const: 'DECISION_SUBJECT' } } } }, then: { required: ['liveCheckAt'] } }),
    example: { kind: 'AI_INTERACTION', channel: 'first line of the chat', languageCodes: ['de', 'en'], liveCheckAt: '2026-11-20T09:30:00Z' },
  },
  {
    id: 'signoff_set', title: 'Set of reviews', shows: 'Which reviews another register has granted, until when, and for which bytes.',
    payload: record({
      reviews: list(record({
        type: choice(LANES, 'Which review.'), level: choice(REVIEW_LEVELS.filter((level) => level !== 'NONE'), 'How independent it was.'), decision: choice(['APPROVED', 'APPROVED_WITH_CONDITIONS', 'REJECTED'], 'What was decided.'), by: texts('Who has decided, by handle.'), at: moment('When.'), expiresAt: moment('Until when it counts.'), boundDigests: list(digest('One of them.'), 'What exactly was reviewed.', { minItems: 1 }),
      }, ['by', 'at']), 'Every review that was granted.', { minItems: 1 }),
    }),
    example: { reviews: [{ type: 'SECURITY', level: 'INDEPENDENT', decision: 'APPROVED', by: ['seth'], expiresAt: '2027-05-01T00:00:00Z', boundDigests: [`sha256:${'2b'.repeat(32)}`] }] },
  },
  {
    id: 'dpia', title: 'Data protection impact assessment', shows: 'That the assessment was made, what the data protection officer says of it, and that the authority was asked where much risk is left.',
    payload: record({ completedAt: moment('When it was finished.'), dpoOpinion: text('What the data protection officer says, in short.'), residualHigh: flag('Whether a high risk is left.'), priorConsultation: flag('Whether the authority was asked; needed where a high risk is left.'), scopeDigest: digest('Of the list of data that it covers.') }, ['completedAt', 'priorConsultation'], { if: { properties: { residualHigh: { const: true } } }, then: { required: ['priorConsultation'] } }),
    example: { completedAt: '2026-09-30T00:00:00Z', dpoOpinion: 'No objection, with the retention as stated.', residualHigh: false, scopeDigest: `sha256:${'4d'.repeat(32)}` },
  },
  {
    id: 'fria', title: 'Fundamental rights impact assessment', shows: 'Which of the six elements were assessed, and when the authority was told.',
    payload: record({ elements: list(choice(['a', 'b', 'c', 'd', 'e', 'f'], 'By its letter in the law.'), 'Which elements it covers.', { maxItems: 6 }), completedAt: moment('When it was finished.'), notifiedAuthorityAt: moment('When the authority was told.'), dpiaCrossRefs: texts('Which parts of a data protection impact assessment it builds on.') }, ['completedAt', 'dpiaCrossRefs']),
    example: { elements: ['a', 'b', 'c', 'd', 'e', 'f'], notifiedAuthorityAt: '2026-10-12T00:00:00Z' },
  },
  {
    id: 'classification', title: 'Classification', shows: 'What the system is before the law and in which role the organization stands, and who has decided so.',
    payload: record({
      euClass: choice(EU_CLASSES, 'Its class.'), roles: texts('In which roles the organization stands, such as provider or deployer.'), useCases: texts('For which uses.'), derogation: flag('Whether it is exempt although its use is listed.'), profiling: flag('Whether it profiles people.'), decidedBy: text('Who has decided, by role or handle.'), decidedAt: moment('When.'), rationaleHash: digest('Of the reasons.'),
    }, ['roles', 'useCases', 'derogation', 'profiling', 'decidedAt', 'rationaleHash']),
    example: { euClass: 'LIMITED', roles: ['deployer'], profiling: false, decidedBy: 'risk officer' },
  },
  {
    id: 'technical_documentation', title: 'Technical file', shows: 'Which headings of the technical file are there, and that its test reports are dated and signed.',
    payload: record({ headings: list(record({ ref: text('Which heading.'), hash: digest('Of what stands under it.') }, ['hash']), 'The headings that are there.', { maxItems: 9 }), signedTestReports: flag('Whether the test reports are dated and signed.'), version: text('Which version of the file.') }, ['version']),
    example: { headings: Array.from({ length: 9 }, (_, i) => ({ ref: String(i + 1) })), signedTestReports: true },
  },
  {
    id: 'conformity_file', title: 'Conformity file', shows: 'By which route conformity was assessed, that the declaration is signed, and where the system is registered.',
    payload: record({
      route: choice(['INTERNAL_CONTROL', 'NOTIFIED_BODY'], 'How it was assessed.'), notifiedBody: text('Which body has assessed it.'), declarationHash: digest('Of the signed declaration.'), registrationId: text('What it is called in the register of the authority: the EU database, or of critical infrastructure (Annex III, point 2) the national one, after Art. 49(5) of the AI Act. Left out = it need not be there.'), qmsReference: text('Which quality management system stands behind it.'), harmonisedStandards: texts('Which standards were followed.'),
    }, ['route', 'notifiedBody', 'registrationId', 'qmsReference', 'harmonisedStandards']),
    example: { route: 'INTERNAL_CONTROL', declarationHash: `sha256:${'5e'.repeat(32)}`, registrationId: 'EU-1234' },
  },
  {
    id: 'workforce_notice', title: 'Notice to workers', shows: 'When workers and those who represent them were told that it will be used at work.',
    payload: record({ informedAt: moment('When they were told.'), representativesInformed: flag('Whether those who represent them were told as well.'), groups: texts('Which groups of workers.') }, ['groups']),
    example: { informedAt: '2026-09-01T00:00:00Z', representativesInformed: true, groups: ['claims handlers'] },
  },
  {
    id: 'registration_check', title: 'Look into a public register', shows: 'Whether the system was found in the register of the authority.',
    payload: record({ database: text('Which register: the EU database, or of critical infrastructure the national one.'), registrationId: text('What it is called there.'), checkedAt: moment('When somebody looked.'), found: flag('Whether it was there.') }, ['database', 'registrationId', 'checkedAt']),
    example: { database: 'EU database of high-risk systems', registrationId: 'EU-1234', checkedAt: '2026-11-15T00:00:00Z', found: true },
  },
  {
    id: 'gpai_documentation', title: 'Documents of a general-purpose model', shows: 'Which documents about a general-purpose model there are, for authorities and for those who build on it.',
    payload: record({
      annexXI: text('Where the documents for authorities lie, or their digest.'), annexXII: text('Where the documents for those who build on it lie, or their digest.'), copyrightPolicy: text('Where the policy on copyright lies, or its digest.'), publicTrainingSummaryUrl: link('Where the summary of its training data is published.'),
      computeFlop: magnitude('How many operations its training took.'), systemicEvaluation: text('Where the evaluation of systemic risk lies, adversarial testing included, or its digest.'), incidentProcess: text('Where it is said how serious incidents are dealt with, or its digest.'),
    }, ['computeFlop', 'systemicEvaluation', 'incidentProcess']),
    example: { annexXI: 'https://docs.example/annex-xi', annexXII: 'https://docs.example/annex-xii', copyrightPolicy: 'https://docs.example/copyright', publicTrainingSummaryUrl: 'https://docs.example/training', computeFlop: '1.2e25' },
  },
];
