import { LoaderCircle } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Bone, ErrorState, LevelTag, useFormat, useMe } from '@/kit'
import type { LevelSummary, Preview } from '../api'
import { partOf, plainShare, tonesOf } from '../report/figures'
import styles from './preview.module.css'
import type { LivePreview } from './usePreview'

/** What the scheme would do today: customers per level, before and after the change. */
export function PreviewPanel({
  live,
  dirty,
  valid,
}: {
  live: LivePreview
  dirty: boolean
  valid: boolean
}) {
  const { t } = useTranslation()
  const me = useMe()
  const { changed, saved, busy, stale } = live
  return (
    <aside className={styles.panel} aria-label={t('tiers.preview.title')}>
      <div className={styles.head}>
        <h2>{t('tiers.preview.title')}</h2>
        {busy && (
          <span className={styles.busy} role="status">
            <LoaderCircle size={14} aria-hidden="true" />
            {t('tiers.preview.busy')}
          </span>
        )}
      </div>
      {me.scope !== 'all' ? (
        <p className={styles.note}>{t('tiers.preview.scope')}</p>
      ) : !valid && dirty ? (
        <p className={styles.note} role="status">
          {t('tiers.preview.invalid')}
        </p>
      ) : live.error && !busy ? (
        <ErrorState compact error={live.error} onRetry={live.refetch} />
      ) : null}
      {changed ? (
        <div className={stale ? styles.stale : ''}>
          <Levels now={changed} before={dirty ? saved : undefined} />
        </div>
      ) : (
        busy && (
          <div className={styles.list}>
            {[1, 2, 3].map((i) => (
              <Bone key={i} width="100%" height={44} />
            ))}
          </div>
        )
      )}
    </aside>
  )
}

function Levels({ now, before }: { now: Preview; before?: Preview }) {
  const { t } = useTranslation()
  const f = useFormat()
  const tones = tonesOf(now.levels)
  const gone = before?.levels.filter((l) => !now.levels.some((x) => x.code === l.code)) ?? []
  return (
    <>
      <p className={styles.note}>
        {t('tiers.preview.note', { day: now.as_of, n: f.count(now.customers) })}
      </p>
      <ul className={styles.list}>
        {now.levels.map((level, i) => (
          <Row
            key={level.code}
            level={level}
            rank={i + 1}
            tone={tones.get(level.code) ?? 0}
            all={now.customers}
            before={before?.levels.find((l) => l.code === level.code)}
            compared={before !== undefined}
          />
        ))}
        {gone.map((level) => (
          <li key={level.code} className={styles.gone}>
            {t('tiers.preview.gone', { level: level.name, value: f.count(level.customers) })}
          </li>
        ))}
      </ul>
      {now.moves && (
        <p className={styles.moves}>
          {t('tiers.preview.moves', {
            day: now.moves.previous_as_of,
            up: f.count(now.moves.up),
            down: f.count(now.moves.down),
          })}
        </p>
      )}
    </>
  )
}

function Row({
  level,
  rank,
  tone,
  all,
  before,
  compared,
}: {
  level: LevelSummary
  rank: number
  tone: number
  all: number
  before?: LevelSummary
  compared: boolean
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const delta = level.customers - (before?.customers ?? 0)
  const share = partOf(level.customers, all)
  const old = partOf(before?.customers ?? 0, all)
  return (
    <li>
      <div className={styles.line}>
        <LevelTag level={{ ...level, rank }} tone={tone} />
        <span className={styles.count}>
          <b className="zk-num">{f.count(level.customers)}</b>
          {compared && delta !== 0 && (
            <span className={`${styles.delta} zk-num`}>
              {delta > 0 ? '+' : '−'}
              {f.count(Math.abs(delta))}
            </span>
          )}
        </span>
      </div>
      <div className={styles.track} aria-hidden="true">
        <span style={{ width: `${share * 100}%`, background: `var(--zk-tone-${tone})` }} />
        {compared && before && <i style={{ left: `${Math.min(100, old * 100)}%` }} />}
      </div>
      <div className={styles.foot}>
        {t('tiers.preview.line', {
          customers: f.percent(share),
          revenue: f.percent(plainShare(level.share)),
        })}
      </div>
    </li>
  )
}
