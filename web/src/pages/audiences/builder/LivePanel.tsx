import { Button, Tooltip } from 'antd'
import dayjs from 'dayjs'
import { CalendarClock, CircleHelp, LoaderCircle } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bone, DateInput, ErrorState, useCompany, useFormat } from '@/kit'
import type { Count } from './api'
import styles from './live.module.css'
import type { Live } from './useLive'
import { Waiting } from './Waiting'

interface Props {
  live: Live
  /** The newest day that can be asked about. */
  newest: string
  asOf: string
  onAsOf: (day: string) => void
  onExplain: () => void
  /** Conditions left out of the count because they are not complete. */
  open: number
}

/** How many the rule means now, how fresh that is, who some of them are, and what it says. */
export function LivePanel({ live, newest, asOf, onAsOf, onExplain, open }: Props) {
  const { t } = useTranslation()
  const { count, stale, busy } = live
  return (
    <aside className={styles.panel} aria-label={t('ui_audience_builder.live')}>
      <div className={styles.head}>
        <h2>{t('ui_audience_builder.live')}</h2>
        {busy && !live.waiting && (
          <span className={styles.busy}>
            <LoaderCircle size={14} aria-hidden="true" />
            {t('ui_audience_builder.live.busy')}
          </span>
        )}
      </div>
      {live.waiting ? (
        <Waiting>{live.waiting}</Waiting>
      ) : live.error && !busy ? (
        <ErrorState compact error={live.error} onRetry={live.retry} />
      ) : count ? (
        <Figures count={count} stale={stale} />
      ) : busy ? (
        <Bone width="60%" height={36} />
      ) : (
        <p className={styles.note}>{t('ui_audience_builder.live.faulty')}</p>
      )}
      {open > 0 && (
        <p className={styles.note}>{t('ui_audience_builder.live.open', { count: open })}</p>
      )}
      {live.rest.map((message) => (
        <p key={message} className={styles.fault} role="alert">
          {message}
        </p>
      ))}
      <div className={styles.asOf}>
        <span className={styles.label}>
          <CalendarClock size={15} aria-hidden="true" />
          {t('ui_audience_builder.as_of')}
        </span>
        <DateInput
          size="small"
          aria-label={t('ui_audience_builder.as_of')}
          placeholder={t('ui_audience_builder.as_of.now')}
          maxDate={dayjs(newest)}
          value={asOf ? dayjs(asOf) : null}
          onChange={(day) => {
            const text = day?.format('YYYY-MM-DD') ?? ''
            onAsOf(text === newest ? '' : text)
          }}
        />
        {asOf && <p className={styles.note}>{t('ui_audience_builder.as_of.note')}</p>}
      </div>
      {count?.sentence && (
        <p className={`${styles.said} ${stale ? styles.stale : ''}`}>{count.sentence}</p>
      )}
      {count && count.examples.length > 0 && (
        <section className={stale ? styles.stale : undefined}>
          <h3 className={styles.label}>{t('ui_audience_builder.examples')}</h3>
          <ul className={styles.examples}>
            {count.examples.map((c) => (
              <li key={c.id}>
                <Link to={`/customers/${c.id}`} target="_blank" rel="noopener">
                  {c.name || t('ui_audience_builder.nameless')}
                </Link>
                <span className="zk-muted">{[c.level, c.phone].filter(Boolean).join(' · ')}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Button icon={<CircleHelp size={15} />} disabled={!live.written.node} onClick={onExplain}>
        {t('ui_audience_builder.explain')}
      </Button>
    </aside>
  )
}

function Figures({ count, stale }: { count: Count; stale: boolean }) {
  const { t } = useTranslation()
  const f = useFormat()
  const share = count.total > 0 ? count.count / count.total : 0
  return (
    <div className={stale ? styles.stale : undefined}>
      <output className={styles.number} aria-live="polite" aria-busy={stale}>
        <span className="zk-num">{f.count(count.count)}</span>
        <small>{t('ui_audience_builder.people', { count: count.count })}</small>
      </output>
      <p className={styles.note}>
        {t('ui_audience_builder.share', {
          share: f.percent(share),
          total: f.count(count.total),
        })}
      </p>
      <span className={styles.bar} aria-hidden="true">
        <svg viewBox="0 0 100 1" preserveAspectRatio="none">
          <title>{f.percent(share)}</title>
          <rect width={share > 0 ? Math.max(0.5, share * 100) : 0} height="1" />
        </svg>
      </span>
      <Fresh count={count} />
    </div>
  )
}

/** "截至 10:31:05，数据日 2026-11-21"; who answered and how long it took on hover. */
export function Fresh({
  count,
}: {
  count: Pick<Count, 'fresh_at' | 'as_of' | 'engine' | 'took_ms'>
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const { time_zone } = useCompany()
  // i18n-keys: ui_audience_builder.engine.*
  const took = t('ui_audience_builder.took', {
    engine: t(`ui_audience_builder.engine.${count.engine}`),
    ms: f.ms(count.took_ms),
  })
  return (
    <Tooltip title={took}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard reads what hovering shows */}
      <span tabIndex={0} className={styles.fresh} aria-description={took}>
        {t('ui_audience_builder.fresh', {
          time: dayjs(count.fresh_at).tz(time_zone).format('HH:mm:ss'),
          day: count.as_of,
        })}
      </span>
    </Tooltip>
  )
}
