import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { Day, Grid, StatCard, useFormat } from '@/kit'
import type { Detail } from './api'
import styles from './models.module.css'

const shownWords = 12

/** What a model is worth, what speaks against it, and its parameters in words. */
export function Facts({ detail }: { detail: Detail }) {
  const { t } = useTranslation()
  const words = detail.words ?? []
  return (
    <>
      {detail.quality ? (
        <Grid min={200} pair>
          {detail.kind === 'purchases' ? <Purchases detail={detail} /> : <Churn detail={detail} />}
        </Grid>
      ) : (
        <p className="zk-muted">{t('models.untested')}</p>
      )}
      {(detail.notes?.length ?? 0) > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('models.notes')}
          description={
            <ul className={styles.list}>
              {detail.notes?.map((n) => (
                <li key={n}>{n}</li>
              ))}
            </ul>
          }
        />
      )}
      {words.length > 0 && (
        <section aria-label={t('models.words')}>
          <h3 className={styles.title}>
            {t(detail.kind === 'churn' ? 'models.effects' : 'models.words')}
          </h3>
          <ul className={styles.list}>
            {words.slice(0, shownWords).map((w) => (
              <li key={w}>{w}</li>
            ))}
          </ul>
          {words.length > shownWords && (
            <details>
              <summary>{t('models.more', { count: words.length - shownWords })}</summary>
              <ul className={styles.list}>
                {words.slice(shownWords).map((w) => (
                  <li key={w}>{w}</li>
                ))}
              </ul>
            </details>
          )}
        </section>
      )}
    </>
  )
}

function Purchases({ detail: { quality: q, holdout_from, holdout_until } }: { detail: Detail }) {
  const { t } = useTranslation()
  const f = useFormat()
  if (!q) return null
  const off = q.actual && q.expected !== null ? q.expected / q.actual - 1 : null
  return (
    <>
      <StatCard
        label={t('models.actual')}
        definition={t('models.hint.actual')}
        value={f.count(q.actual ?? 0)}
        note={
          holdout_from &&
          holdout_until && (
            <>
              <Day at={holdout_from} /> – <Day at={holdout_until} />
            </>
          )
        }
      />
      <StatCard
        label={t('models.expected')}
        definition={t('models.hint.expected')}
        value={f.count(q.expected ?? 0)}
        note={
          off !== null &&
          t(off < 0 ? 'models.below' : 'models.above', { share: f.percent(Math.abs(off)) })
        }
      />
      <StatCard
        label={t('models.correlation')}
        definition={t('models.hint.correlation')}
        value={f.count(q.correlation ?? 0, 2)}
      />
      <StatCard
        label={t('models.deviance')}
        definition={t('models.hint.deviance')}
        value={f.count(q.deviance ?? 0, 3)}
        note={q.before !== null && t('models.before', { value: f.count(q.before, 3) })}
      />
    </>
  )
}

function Churn({ detail }: { detail: Detail }) {
  const { t } = useTranslation()
  const f = useFormat()
  const q = detail.quality
  if (!q) return null
  return (
    <>
      <StatCard
        label="AUC"
        definition={t('models.hint.auc')}
        value={f.count(q.auc ?? 0, 3)}
        note={t('models.interval', {
          low: f.count(q.auc_low ?? 0, 3),
          high: f.count(q.auc_high ?? 0, 3),
        })}
      />
      <StatCard
        label={t('models.brier')}
        definition={t('models.hint.brier')}
        value={f.count(q.brier ?? 0, 3)}
        note={t('models.brier_base', { value: f.count(q.brier_base ?? 0, 3) })}
      />
      <StatCard
        label={t('models.ece')}
        definition={t('models.hint.ece')}
        value={f.percent(q.ece ?? 0, 1)}
      />
      <StatCard
        label={t('models.positives')}
        definition={t('models.hint.positives')}
        value={f.count(detail.positives)}
        note={t('models.left_out', { count: detail.left_out, shown: f.count(detail.left_out) })}
      />
    </>
  )
}
