import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  Bone,
  type Column,
  Count,
  EmptyState,
  Percent,
  QueryView,
  Section,
  SimpleTable,
  ToneTag,
  useFormat,
} from '@/kit'
import { type StageCohort, type StageCohorts, useStageCohorts } from './api'
import styles from './lifecycle.module.css'
import { MonthRange, useMonths } from './MonthRange'

type Shown = 'share' | 'days_to' | 'days_in' | 'now'
const kinds: Shown[] = ['share', 'days_to', 'days_in', 'now']

/** The funnel, conversion and time in stages, by the month of the first order. */
export function StageFigures({ open, begun }: { open: string; begun: string }) {
  const { t } = useTranslation()
  const { months, choose } = useMonths('cohort', open, 11)
  const query = useStageCohorts(months, true)
  return (
    <Section
      title={t('lifecycles.conversion')}
      note={t('lifecycles.conversion.note', { day: begun })}
      extra={
        <MonthRange
          label={t('lifecycles.months')}
          open={open}
          months={months}
          most={36}
          onChange={choose}
        />
      }
    >
      <QueryView query={query} compact skeleton={<Bone width="100%" height={280} />}>
        {(data) =>
          data.total.customers === 0 ? (
            <EmptyState
              compact
              title={t('lifecycles.cohorts.none')}
              text={t('lifecycles.cohorts.none_text')}
            />
          ) : (
            <div className={styles.pair}>
              <Funnel data={data} />
              <Months data={data} />
            </div>
          )
        }
      </QueryView>
    </Section>
  )
}

function Funnel({ data }: { data: StageCohorts }) {
  const { t } = useTranslation()
  const f = useFormat()
  const tone = (code: string) => data.stages.find((s) => s.code === code)
  return (
    <section className={styles.box} aria-label={t('lifecycles.funnel')}>
      <h3>{t('lifecycles.funnel')}</h3>
      <p className="zk-muted">
        {t('lifecycles.funnel.note', { shown: f.count(data.total.customers) })}
      </p>
      <ol className={styles.funnel}>
        {data.total.stages.map((s) => (
          <li key={s.code}>
            <span className={styles.funnelHead}>
              <ToneTag tone={tone(s.code)?.tone ?? 0}>{tone(s.code)?.name ?? s.code}</ToneTag>
              <span>
                <Count value={s.reached} /> · <Percent share={s.share} />
              </span>
            </span>
            <span className={styles.bars} aria-hidden="true">
              <span
                style={{
                  width: `${s.share * 100}%`,
                  background: `var(--zk-tone-${tone(s.code)?.tone ?? 0})`,
                }}
              />
            </span>
            <small className="zk-muted">
              {s.days_in === null
                ? t('lifecycles.funnel.now', { now: f.count(s.now) })
                : t('lifecycles.funnel.line', {
                    now: f.count(s.now),
                    stay: f.count(s.days_in, 1),
                  })}
            </small>
          </li>
        ))}
      </ol>
    </section>
  )
}

// i18n-keys: lifecycles.shown.*, lifecycles.shown_text.*
function Months({ data }: { data: StageCohorts }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState<Shown>('share')
  const columns: Column<StageCohort>[] = [
    { key: 'month', title: t('lifecycles.cohort'), width: 96, render: (c) => c.month },
    {
      key: 'customers',
      title: t('lifecycles.customers'),
      align: 'right',
      width: 88,
      render: (c) => <Count value={c.customers} />,
    },
    ...data.stages.map(
      (stage): Column<StageCohort> => ({
        key: stage.code,
        title: stage.name,
        align: 'right',
        width: 88,
        render: (c) => {
          const s = c.stages.find((x) => x.code === stage.code)
          if (shown === 'share') return <Percent share={s?.share} />
          return <Count value={s?.[shown]} digits={shown === 'now' ? 0 : 1} />
        },
      }),
    ),
  ]
  return (
    <section className={styles.box} aria-label={t('lifecycles.by_month')}>
      <div className={styles.boxHead}>
        <h3>{t('lifecycles.by_month')}</h3>
        <Segmented<Shown>
          size="small"
          value={shown}
          onChange={setShown}
          aria-label={t('lifecycles.shown')}
          options={kinds.map((kind) => ({ value: kind, label: t(`lifecycles.shown.${kind}`) }))}
        />
      </div>
      <p className="zk-muted">{t(`lifecycles.shown_text.${shown}`)}</p>
      <SimpleTable
        label={t('lifecycles.by_month')}
        compact
        columns={columns}
        rows={data.cohorts}
        rowKey={(c) => c.month}
      />
    </section>
  )
}
