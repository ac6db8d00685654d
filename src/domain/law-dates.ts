/** From which day an article is law for a system, as far as a catalogue records it. What the policy asks for does not depend on it. */
import type { EuClass } from './system.js';
import type { FrameworkNode } from './taxonomy.js';

export interface LawDate { readonly from: string; readonly source: string }

/** Regulation (EU) 2026/1744 moved the duties of Chapter III, Sections 1 to 3: by use (Annex III) to the first day, by product (Annex I) to the second. */
const MOVED = { framework: 'eu-ai-act@2026-1744', annexIII: '2027-12-02', annexI: '2028-08-02' } as const;
const SOURCE = 'Regulation (EU) 2024/1689, Art. 113, as amended by Regulation (EU) 2026/1744';

export function lawfulFrom({ frameworkId, effectiveFrom }: Pick<FrameworkNode, 'frameworkId' | 'effectiveFrom'>, euClass: EuClass): LawDate | null {
  if (effectiveFrom === null) return null;
  if (frameworkId !== MOVED.framework) return { from: effectiveFrom, source: frameworkId };
  return { from: effectiveFrom === MOVED.annexIII && euClass === 'HIGH_RISK_ANNEX_I' ? MOVED.annexI : effectiveFrom, source: SOURCE };
}
