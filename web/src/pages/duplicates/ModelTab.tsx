import { useTranslation } from 'react-i18next'
import { type Column, Grid, QueryView, Section, SimpleTable, StatCard, useFormat } from '@/kit'
import { type Model, type ModelField, type ModelLevel, useModel } from './api'
import styles from './duplicates.module.css'
import { Lessons } from './Lessons'

type Start = (work: Promise<{ job_id: number }>) => Promise<void>

/** The weights in words: what each field says, where the line is, and what decisions teach. */
export function ModelTab({ onStart }: { onStart: Start }) {
  const model = useModel()
  return (
    <QueryView query={model}>
      {(m) => (
        <>
          <Threshold model={m} />
          <Lessons model={m} onStart={onStart} />
          {m.fields.map((field) => (
            <FieldTable key={field.field} field={field} />
          ))}
        </>
      )}
    </QueryView>
  )
}

function Threshold({ model }: { model: Model }) {
  const { t } = useTranslation()
  const f = useFormat()
  const sum = (above: boolean) =>
    model.bands
      .filter((b) => b.from >= model.threshold === above)
      .reduce((n, b) => ({ pairs: n.pairs + b.pairs, right: n.right + b.right }), {
        pairs: 0,
        right: 0,
      })
  const [above, below] = [sum(true), sum(false)]
  return (
    <Section title={t('duplicates.model.title')} note={t('duplicates.model.note')}>
      <Grid pair>
        <StatCard
          label={t('duplicates.model.above', { score: f.percent(model.threshold, 0) })}
          value={f.count(above.pairs)}
          definition={t('duplicates.model.above_def')}
          note={t('duplicates.model.right', { count: f.count(above.right) })}
        />
        <StatCard
          label={t('duplicates.model.below', {
            from: f.percent(model.review_from, 0),
            to: f.percent(model.threshold, 0),
          })}
          value={f.count(below.pairs)}
          definition={t('duplicates.model.below_def')}
          note={t('duplicates.model.missed', { count: f.count(below.right) })}
        />
      </Grid>
      <p className="zk-muted">
        {model.fitted_at === null
          ? t('duplicates.model.shipped')
          : t('duplicates.model.fitted', {
              count: f.count(model.records),
              at: f.dateTime(model.fitted_at),
              twice: f.percent(model.duplicates, 1),
              homes: f.percent(model.households, 1),
            })}
        {model.stale && ` ${t('duplicates.model.stale')}`}
      </p>
    </Section>
  )
}

/** A weight with its sign, in bits. */
function Bits({ value }: { value: number }) {
  const f = useFormat()
  const tenths = Math.round(value * 10) / 10
  const sign = tenths > 0 ? '+' : tenths < 0 ? '−' : ''
  return (
    <span className={`${styles.bits} zk-num`}>
      {sign}
      {Math.abs(tenths).toFixed(1) === '0.0' ? '0' : f.count(Math.abs(tenths), 1)}
    </span>
  )
}

// i18n-keys: dedupe.field.*, dedupe.level.*
function FieldTable({ field }: { field: ModelField }) {
  const { t } = useTranslation()
  const f = useFormat()
  const name = t(`dedupe.field.${field.field.replaceAll('.', '_')}`)
  // Small shares need their digits: one in ten thousand is not 0.0 %.
  const share = (x: number) =>
    x >= 0.001
      ? f.percent(x)
      : x > 0
        ? t('duplicates.model.one_in', { count: f.countShort(Math.round(1 / x)) })
        : '0'
  const columns: Column<ModelLevel>[] = [
    {
      key: 'level',
      title: t('duplicates.model.level'),
      width: 220,
      render: (l) => (
        <>
          <div>{t(`dedupe.level.${l.level}`)}</div>
          {l.example_a && !field.hashed && (
            <div className={styles.example}>
              {l.example_a} · {l.example_b}
            </div>
          )}
        </>
      ),
    },
    {
      key: 'bits',
      title: t('duplicates.model.bits'),
      hint: t('duplicates.model.bits_hint'),
      align: 'right',
      phone: 'aside',
      render: (l) => (
        <strong>
          <Bits value={l.bits} />
        </strong>
      ),
    },
    {
      key: 'm',
      title: t('duplicates.model.m'),
      hint: t('duplicates.model.m_hint'),
      align: 'right',
      render: (l) => share(l.m),
    },
    {
      key: 'u',
      title: t('duplicates.model.u'),
      hint: t('duplicates.model.u_hint'),
      align: 'right',
      render: (l) => share(l.u),
    },
    {
      key: 'base',
      title: t('duplicates.model.base'),
      hint: t('duplicates.model.base_hint'),
      align: 'right',
      render: (l) => <Bits value={l.base_bits} />,
    },
    {
      key: 'shipped',
      title: t('duplicates.model.shipped_bits'),
      align: 'right',
      render: (l) => <Bits value={l.shipped_bits} />,
    },
    {
      key: 'learned',
      title: t('duplicates.model.learned'),
      hint: t('duplicates.model.learned_hint'),
      align: 'right',
      render: (l) =>
        l.same + l.different === 0
          ? '–'
          : t('duplicates.model.decided', { same: l.same, different: l.different }),
    },
  ]
  if (field.levels.some((l) => l.proposed_bits !== null)) {
    columns.splice(2, 0, {
      key: 'proposed',
      title: t('duplicates.model.proposed'),
      align: 'right',
      render: (l) => (l.proposed_bits === null ? '–' : <Bits value={l.proposed_bits} />),
    })
  }
  return (
    <Section title={name} note={field.hashed ? t('duplicates.model.hashed') : undefined} boxed>
      <SimpleTable<ModelLevel>
        label={name}
        rows={field.levels}
        rowKey={(l) => l.level}
        columns={columns}
      />
    </Section>
  )
}
