import { Check, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ToneTag, useFormat } from '@/kit'
import type { NextMove } from '../api'
import { type Said, said } from './lacking'
import styles from './record.module.css'

/** The moves that a customer may make next, each with what holds and what is lacking. */
export function NextMoves({ moves }: { moves: NextMove[] }) {
  const { t } = useTranslation()
  return (
    <div className={styles.next}>
      <h3>{t('lifecycles.next')}</h3>
      {moves.map((move) => (
        <details key={move.code} open={move.holds}>
          <summary>
            <ToneTag tone={move.to.tone}>{move.to.name}</ToneTag> <span>{move.name}</span>
          </summary>
          <Move move={move} />
        </details>
      ))}
    </div>
  )
}

function Move({ move }: { move: NextMove }) {
  const { t } = useTranslation()
  const f = useFormat()
  const lines: Said[] = move.rule ? said(move.rule, f) : []
  const stay = move.stay_left > 0
  const hold = move.holds && move.held_days < move.hold_days
  return (
    <ul className={styles.lines}>
      {lines.map((line) => (
        <Line key={line.key} holds={line.holds} depth={line.depth}>
          {line.join ? t(`lifecycles.join.${line.join}`) : line.sentence}
          {line.value && (
            <span className="zk-muted"> {t('lifecycles.next.is', { value: line.value })}</span>
          )}
        </Line>
      ))}
      {!move.rule && <li className="zk-muted">{t('lifecycles.next.hidden')}</li>}
      {hold && (
        <Line holds={false}>
          {t('lifecycles.next.hold', { held: move.held_days, hold: move.hold_days })}
        </Line>
      )}
      {stay && <Line holds={false}>{t('lifecycles.next.stay', { count: move.stay_left })}</Line>}
    </ul>
  )
}

// i18n-keys: lifecycles.join.*
function Line({
  holds,
  depth = 0,
  children,
}: {
  holds: boolean
  depth?: number
  children: React.ReactNode
}) {
  const { t } = useTranslation()
  const Icon = holds ? Check : X
  return (
    <li className={holds ? styles.holds : styles.lacks} style={{ paddingLeft: depth * 16 }}>
      <Icon size={14} role="img" aria-label={t(holds ? 'lifecycles.holds' : 'lifecycles.lacks')} />
      <span>{children}</span>
    </li>
  )
}
