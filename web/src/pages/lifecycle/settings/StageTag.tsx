import { ToneTag } from '@/kit'
import type { Stage } from '../api'

/** A stage by its code, in its tone; one that is gone stands as its code. */
export function StageTag({ stages, code }: { stages: Stage[]; code: string }) {
  const stage = stages.find((s) => s.code === code)
  return <ToneTag tone={stage?.tone ?? 0}>{stage?.name || code}</ToneTag>
}
