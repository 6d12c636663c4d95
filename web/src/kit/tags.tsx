import type { ReactNode } from 'react'
import styles from './tags.module.css'

// Codes of the shipped schemes keep one colour everywhere; a level that a
// company adds takes the tone of its rank (1 = highest).
const known: Record<string, number> = {
  high: 1,
  diamond: 1,
  mid: 2,
  gold: 2,
  potential: 3,
  silver: 3,
  basic: 4,
  low: 4,
  none: 0,
}

/** Tone (0…8, see theme/tokens.ts) of a level by its code, else by its rank. */
export function levelTone(code: string, rank?: number): number {
  const tone = known[code]
  if (tone !== undefined) return tone
  if (rank === undefined || rank < 1) return 0
  return ((rank - 1) % 8) + 1
}

interface Level {
  code: string
  name: string
  rank?: number
}

/** A customer's level. The same level has the same colour in every table and chart. */
export function LevelTag({ level, tone }: { level: Level | null | undefined; tone?: number }) {
  if (!level) return <span className="zk-muted">–</span>
  return <ToneTag tone={tone ?? levelTone(level.code, level.rank)}>{level.name}</ToneTag>
}

const toneClasses = [
  styles.tone0,
  styles.tone1,
  styles.tone2,
  styles.tone3,
  styles.tone4,
  styles.tone5,
  styles.tone6,
  styles.tone7,
  styles.tone8,
]

/** A chip in one of the fixed tones: for levels, stages and groups. */
export function ToneTag({ tone, children }: { tone: number; children: ReactNode }) {
  return (
    <span className={`${styles.tag} ${toneClasses[tone] ?? styles.tone0}`}>
      <span className={styles.square} aria-hidden="true" />
      {children}
    </span>
  )
}

export type StatusKind = 'neutral' | 'running' | 'success' | 'warning' | 'danger'

const statusClasses: Record<StatusKind, string | undefined> = {
  neutral: styles.neutral,
  running: styles.running,
  success: styles.success,
  warning: styles.warning,
  danger: styles.danger,
}

/** A state with a dot; colours are for states only. */
export function StatusTag({ kind, children }: { kind: StatusKind; children: ReactNode }) {
  return (
    <span className={`${styles.status} ${statusClasses[kind]}`}>
      <span className={styles.dot} aria-hidden="true" />
      {children}
    </span>
  )
}
