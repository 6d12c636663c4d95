import { figure } from '@/kit'
import styles from './figure.module.css'

// A sheet becomes rows that were understood, one of them refused. Without words.
export function FileFigure() {
  return (
    <svg viewBox="0 0 520 300" aria-hidden="true" focusable="false">
      <rect x="20" y="16" width="480" height="268" rx="12" className={figure.sheet} />
      <rect x="44" y="40" width="168" height="28" rx="6" className={figure.faint} />
      {[0, 1, 2, 3, 4].map((i) => (
        <g key={i}>
          <rect x="44" y={84 + i * 36} width="46" height="8" rx="4" className={figure.ink} />
          <rect x="104" y={84 + i * 36} width="40" height="8" rx="4" className={figure.faint} />
          <rect x="158" y={84 + i * 36} width="54" height="8" rx="4" className={figure.faint} />
          <path d={`M44 ${104 + i * 36}H212`} className={styles.line} />
        </g>
      ))}
      <path d="M236 156h36m-10-8 10 8-10 8" className={styles.arrow} />
      {[0, 1, 2, 3, 4].map((i) => (
        <g key={i}>
          <rect
            x="296"
            y={48 + i * 44}
            width="180"
            height="32"
            rx="8"
            className={i === 3 ? styles.refusedBox : styles.takenBox}
          />
          <circle
            cx="314"
            cy={64 + i * 44}
            r="6"
            className={i === 3 ? styles.refused : styles.taken}
          />
          <rect
            x="332"
            y={60 + i * 44}
            width={92 - i * 9}
            height="8"
            rx="4"
            className={figure.ink}
          />
          <rect x="436" y={60 + i * 44} width="28" height="8" rx="4" className={figure.faint} />
        </g>
      ))}
    </svg>
  )
}
