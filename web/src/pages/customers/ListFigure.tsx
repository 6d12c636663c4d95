import { figure } from '@/kit'
import styles from './customers.module.css'

// What the list shows, without words: people, their level, what they spent.
export function ListFigure() {
  return (
    <svg viewBox="0 0 520 300" aria-hidden="true" focusable="false">
      <rect x="20" y="16" width="480" height="268" rx="12" className={figure.sheet} />
      {[48, 92, 136, 180, 224].map((y, i) => (
        <g key={y}>
          {i > 0 && <path d={`M44 ${y - 8}H476`} className={styles.rule} />}
          <circle cx="58" cy={y + 14} r="12" className={figure.faint} />
          <rect x="82" y={y + 9} width={84 - i * 7} height="10" rx="5" className={figure.ink} />
          <rect
            x="204"
            y={y + 4}
            width="58"
            height="20"
            rx="6"
            fill={`var(--zk-tone-${[1, 1, 2, 3, 4][i]}-soft)`}
          />
          <rect
            x="214"
            y={y + 10}
            width="8"
            height="8"
            rx="2"
            fill={`var(--zk-tone-${[1, 1, 2, 3, 4][i]})`}
          />
          <rect x="228" y={y + 11} width="24" height="6" rx="3" className={figure.faint} />
          <rect x="300" y={y + 10} width="70" height="8" rx="4" className={figure.faint} />
          <rect
            x={476 - (88 - i * 13)}
            y={y + 9}
            width={88 - i * 13}
            height="10"
            rx="5"
            className={figure.ink}
          />
        </g>
      ))}
    </svg>
  )
}
