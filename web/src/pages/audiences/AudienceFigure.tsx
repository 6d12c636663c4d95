import { figure } from '@/kit'
import styles from './figure.module.css'

// What a rule does, without words: conditions on the left, of many people some are meant.
export function AudienceFigure() {
  const people = Array.from({ length: 42 }, (_, i) => i)
  const meant = (i: number) => [8, 9, 15, 16, 17, 22, 23, 24, 30, 31].includes(i)
  return (
    <svg viewBox="0 0 520 300" aria-hidden="true" focusable="false">
      <rect x="20" y="16" width="480" height="268" rx="12" className={figure.sheet} />
      {[60, 116, 172].map((y, i) => (
        <g key={y}>
          <rect x="48" y={y} width="170" height="40" rx="8" className={styles.leaf} />
          <rect x="62" y={y + 15} width={54 - i * 8} height="10" rx="5" className={figure.ink} />
          <rect x="128" y={y + 15} width={40 + i * 12} height="10" rx="5" className={styles.mark} />
          {i > 0 && <path d={`M64 ${y - 16}V${y}`} className={styles.wire} />}
        </g>
      ))}
      <path d="M226 136H262" className={styles.wire} />
      <path d="M256 130L264 136L256 142" className={styles.wire} />
      {people.map((i) => (
        <circle
          key={i}
          cx={292 + (i % 7) * 28}
          cy={66 + Math.floor(i / 7) * 28}
          r="9"
          className={meant(i) ? styles.dotOn : styles.dot}
        />
      ))}
      <rect x="48" y="240" width="120" height="14" rx="7" className={figure.ink} />
      <rect x="180" y="242" width="60" height="10" rx="5" className={figure.faint} />
    </svg>
  )
}
