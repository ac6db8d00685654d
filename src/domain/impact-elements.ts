/**
 * What an impact assessment has to answer, kind by kind. The questions are our own words; `source` names the clause or article that asks for
 * it. Ids are permanent: answers of earlier editions refer to them.
 */
import type { Lane } from './actor.js';

export const IMPACT_KINDS = ['AI_SYSTEM', 'FRIA', 'DPIA'] as const;
export type ImpactKind = (typeof IMPACT_KINDS)[number];

export interface ImpactElement {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  /** Where it is asked for, such as `GDPR Art. 35(7)(b)`. */
  readonly source: string;
}

/** Whose reviewers approve it. */
export const IMPACT_LANES: Readonly<Record<ImpactKind, Lane>> = { AI_SYSTEM: 'RISK', FRIA: 'FRIA', DPIA: 'PRIVACY' };

function element(id: string, source: string, title: string, question: string): ImpactElement {
  return { id, title, question, source };
}

export const IMPACT_ELEMENTS: Readonly<Record<ImpactKind, readonly ImpactElement[]>> = {
  AI_SYSTEM: [
    element('AI-1', 'ISO/IEC 42005:2025, 6.2', 'Scope', 'Which parts of the system, which uses and which span of its life does this assessment cover, and what does it leave out?'),
    element('AI-2', 'ISO/IEC 42005:2025, 6.3.1–6.3.3', 'System and purpose', 'What does the system do, by which main functions, and what need does it serve?'),
    element('AI-3', 'ISO/IEC 42005:2025, 6.3.4', 'Intended uses', 'Who is meant to use it, for which tasks, and with how much say of a person over its output?'),
    element('AI-4', 'ISO/IEC 42005:2025, 6.3.5', 'Unintended uses', 'What else might people do with it, by mistake or on purpose, and what would follow?'),
    element('AI-5', 'ISO/IEC 42005:2025, 6.4', 'Data', 'Which data was it built on and which does it take in; how good, how complete and how representative are they?'),
    element('AI-6', 'ISO/IEC 42005:2025, 6.5', 'Models and algorithms', 'Which models and methods does it rest on, who made them, and what are their known limits?'),
    element('AI-7', 'ISO/IEC 42005:2025, 6.6', 'Where it runs', 'In which places, languages, organizations and technical surroundings will it be used, and what is special about them?'),
    element('AI-8', 'ISO/IEC 42005:2025, 6.7', 'Whom it concerns', 'Which people and groups does it touch, directly or not, and which of them are easily harmed or rarely heard?'),
    element('AI-9', 'ISO/IEC 42005:2025, 6.8', 'Benefits and harms', 'What good and what harm can it do to each of them, also when it fails or is misused, and how likely and how grave is that?'),
    element('AI-10', 'ISO/IEC 42005:2025, 6.9', 'Measures', 'What is done to lessen the harms and to bring the benefits about, and who sees to it?'),
  ],
  FRIA: [
    element('FRIA-A', 'EU AI Act Art. 27(1)(a)', 'Processes', 'In which of your own processes will the system be used, and how does that follow from its intended purpose?'),
    element('FRIA-B', 'EU AI Act Art. 27(1)(b)', 'Period and frequency', 'From when, for how long and how often will it be used?'),
    element('FRIA-C', 'EU AI Act Art. 27(1)(c)', 'Persons and groups', 'Which kinds of natural persons and groups are likely to be affected in this use?'),
    element('FRIA-D', 'EU AI Act Art. 27(1)(d)', 'Risks of harm', 'Which harms could come to these persons and groups in particular, given what the provider has told you?'),
    element('FRIA-E', 'EU AI Act Art. 27(1)(e)', 'Human oversight', 'How is oversight by people set up, and do they have the time, the knowledge and the power for it?'),
    element('FRIA-F', 'EU AI Act Art. 27(1)(f)', 'When a risk comes true', 'What happens then: who decides, how is it governed inside, and how can the people concerned complain?'),
  ],
  DPIA: [
    element('DPIA-A', 'GDPR Art. 35(7)(a)', 'Processing and purposes', 'Which personal data is processed in which steps, for which purposes, and which legitimate interest is pursued, if any?'),
    element('DPIA-B', 'GDPR Art. 35(7)(b)', 'Necessity and proportion', 'Why is each of these steps needed for the purpose, and why would less not do?'),
    element('DPIA-C', 'GDPR Art. 35(7)(c)', 'Risks to data subjects', 'What could it do to the rights and freedoms of the people whose data it is?'),
    element('DPIA-D', 'GDPR Art. 35(7)(d)', 'Measures and safeguards', 'Which safeguards and security measures answer these risks, and how is it shown that they work?'),
    element('DPIA-E', 'GDPR Art. 35(2)', 'Advice of the data protection officer', 'What did the data protection officer advise, when, and what was done about it? If there is none, say why.'),
  ],
};
