import { ArrowDownRight, ArrowRight, ArrowUpRight, UserPlus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { LevelTag, type StatusKind, StatusTag } from '@/kit'
import { tonesOf } from '../report/figures'
import type { Move, Review } from './api'
import styles from './moves.module.css'

const kinds: Record<Move['state'], StatusKind> = {
  open: 'neutral',
  agreed: 'success',
  overruled: 'warning',
  disputed: 'danger',
}

// i18n-keys: ui_review.state.*, ui_review.how.*
export function MoveState({ move }: { move: Move }) {
  const { t } = useTranslation()
  return (
    <span className={styles.state}>
      <StatusTag kind={kinds[move.state]}>{t(`ui_review.state.${move.state}`)}</StatusTag>
      {move.decided && <small>{t('ui_review.decided_as', { level: move.decided.name })}</small>}
      {move.how !== '' && move.state !== 'open' && (
        <small>
          {move.how === 'person' ? move.decided_by_name : t(`ui_review.how.${move.how}`)}
        </small>
      )}
    </span>
  )
}

const icons = { up: ArrowUpRight, down: ArrowDownRight, new: UserPlus, changed: ArrowRight }

/** The level before and the one proposed. */
export function LevelMove({ move, review }: { move: Move; review: Review }) {
  const { t } = useTranslation()
  const before = tonesOf(review.levels_before)
  const after = tonesOf(review.levels)
  const Icon = icons[move.direction]
  return (
    <span className={styles.move}>
      {move.from ? (
        <LevelTag level={move.from} tone={before.get(move.from.code)} />
      ) : (
        <span className="zk-muted">{t('ui_review.no_level')}</span>
      )}
      <Icon size={15} role="img" aria-label={t(`tiers.move.${move.direction}`)} />
      <LevelTag level={move.to} tone={after.get(move.to.code)} />
    </span>
  )
}
