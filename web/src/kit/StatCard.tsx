import { Tooltip } from 'antd'
import { ArrowDownRight, ArrowRight, ArrowUpRight, Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from './format'
import styles from './stat.module.css'
import { Bone } from './states'

export interface Comparison {
  /** The figure now and the one it is compared with, in the same unit. */
  now: number
  base: number
  /** What the base is: "较上一个 30 天". */
  label: string
  /** Whether more is good (green), bad (red) or neither. */
  good?: 'up' | 'down' | 'neither'
}

export interface StatCardProps {
  label: string
  value: ReactNode
  /** What the figure counts, over which window, from how many: on hover and focus. */
  definition: ReactNode
  comparison?: Comparison
  /** Shown instead of a comparison. */
  note?: ReactNode
  /** The records behind the figure. */
  to?: string
  loading?: boolean
}

/** Change from base to now as a share; null where there is no base to compare with. */
export function change(now: number, base: number): number | null {
  if (!Number.isFinite(now) || !Number.isFinite(base) || base === 0) return null
  return (now - base) / Math.abs(base)
}

/** A figure with its comparison and definition; never a number alone. */
export function StatCard(props: StatCardProps) {
  const { label, value, definition, comparison, note, to, loading } = props
  const { t } = useTranslation()
  return (
    <div className={styles.card}>
      <div className={styles.label}>
        <span>{label}</span>
        <Tooltip title={definition}>
          <button type="button" className={styles.info} aria-label={t('ui.definition', { label })}>
            <Info size={14} aria-hidden="true" />
          </button>
        </Tooltip>
      </div>
      <div className={styles.value}>
        {loading ? (
          <Bone width="55%" />
        ) : to ? (
          <Link to={to} className={styles.link}>
            {value}
          </Link>
        ) : (
          value
        )}
      </div>
      <div className={styles.foot}>
        {loading ? <Bone width="70%" /> : comparison ? <Change {...comparison} /> : note}
      </div>
    </div>
  )
}

// i18n-keys: ui.change.*
/** "↗ 12.3% 较上一个 30 天" */
export function Change({ now, base, label, good = 'up' }: Comparison) {
  const f = useFormat()
  const { t } = useTranslation()
  const share = change(now, base)
  if (share === null) return <span>{t('ui.no_base', { label })}</span>
  const direction = Math.abs(share) < 0.0005 ? 'same' : share > 0 ? 'up' : 'down'
  const Icon = { up: ArrowUpRight, down: ArrowDownRight, same: ArrowRight }[direction]
  const tone =
    direction === 'same' || good === 'neither'
      ? ''
      : direction === good
        ? styles.better
        : styles.worse
  return (
    <span>
      <span className={`${styles.change} ${tone} zk-num`}>
        <Icon size={15} aria-hidden="true" />
        <span className="zk-sr">{t(`ui.change.${direction}`)}</span>
        {f.percent(Math.abs(share))}
      </span>{' '}
      {label}
    </span>
  )
}
