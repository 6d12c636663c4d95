import { figure } from '@/kit'
import styles from './overview.module.css'

// What a report looks like, without words: levels, a curve, a list.
export function FirstFigure() {
  const bars = [
    { y: 74, w: 92, tone: 1 },
    { y: 108, w: 168, tone: 2 },
    { y: 142, w: 216, tone: 3 },
  ]
  return (
    <svg viewBox="0 0 520 300" aria-hidden="true" focusable="false">
      <rect x="20" y="16" width="480" height="268" rx="12" className={figure.sheet} />
      <rect x="44" y="38" width="120" height="10" rx="5" className={figure.ink} />
      {bars.map((bar) => (
        <g key={bar.y}>
          <rect x="44" y={bar.y} width="236" height="16" rx="4" className={figure.faint} />
          <rect
            x="44"
            y={bar.y}
            width={bar.w}
            height="16"
            rx="4"
            fill={`var(--zk-tone-${bar.tone})`}
          />
        </g>
      ))}
      <path d="M316 158V66M316 158H476" className={styles.axis} />
      <path d="M316 158 476 66" className={styles.dashed} />
      <path d="M316 158C384 154 452 132 476 66" className={styles.curve} />
      {[190, 218, 246].map((y, i) => (
        <g key={y}>
          <circle cx="54" cy={y + 6} r="9" fill={`var(--zk-tone-${i + 1}-soft)`} />
          <rect x="74" y={y + 1} width={96 - i * 12} height="9" rx="4.5" className={figure.ink} />
          <rect
            x="220"
            y={y + 1}
            width={140 + i * 18}
            height="9"
            rx="4.5"
            className={figure.faint}
          />
          <rect x="424" y={y + 1} width="52" height="9" rx="4.5" className={figure.faint} />
        </g>
      ))}
    </svg>
  )
}
