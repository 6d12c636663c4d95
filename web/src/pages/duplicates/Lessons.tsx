import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { GraduationCap, Undo2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import {
  DateTime,
  Section,
  SimpleTable,
  StatusTag,
  useConfirmWithUndo,
  useFormat,
  useSay,
} from '@/kit'
import {
  applyLesson,
  dropLesson,
  type Lesson,
  learn,
  type Measure,
  type Model,
  takeBackLesson,
  useLessons,
} from './api'
import styles from './duplicates.module.css'

type Start = (work: Promise<{ job_id: number }>) => Promise<void>

/** What decisions teach: learn, look at the difference, apply, take back. */
export function Lessons({ model, onStart }: { model: Model; onStart: Start }) {
  const { t } = useTranslation()
  const few =
    model.same + model.different < model.need_all ||
    model.same < model.need_each ||
    model.different < model.need_each
  return (
    <>
      <Section
        title={t('duplicates.learn.title')}
        note={t('duplicates.learn.note')}
        extra={
          <Button
            type="primary"
            icon={<GraduationCap size={16} aria-hidden="true" />}
            disabled={few}
            onClick={() => onStart(learn())}
          >
            {t('duplicates.learn.act')}
          </Button>
        }
        boxed
      >
        <p>
          {t('duplicates.learn.have', { same: model.same, different: model.different })}{' '}
          {few && t('duplicates.learn.few', { all: model.need_all, each: model.need_each })}
        </p>
        {model.proposed && <Proposal lesson={model.proposed} onStart={onStart} />}
      </Section>
      <Versions onStart={onStart} />
    </>
  )
}

function Proposal({ lesson, onStart }: { lesson: Lesson; onStart: Start }) {
  const { t } = useTranslation()
  const f = useFormat()
  const client = useQueryClient()
  const confirm = useConfirmWithUndo()
  const { fail } = useSay()
  const r = lesson.report
  const apply = () => onStart(applyLesson(lesson.id))
  const drop = async () => {
    try {
      await dropLesson(lesson.id)
      await client.invalidateQueries({ queryKey: ['duplicates'] })
    } catch (error) {
      fail(error)
    }
  }
  const rows: { key: string; value: (m: Measure) => string }[] = [
    { key: 'right', value: (m) => f.count(m.right) },
    { key: 'wrong', value: (m) => f.count(m.called - m.right) },
    { key: 'missed', value: (m) => f.count(m.missed) },
    { key: 'precision', value: (m) => (m.called > 0 ? f.percent(m.right / m.called) : '–') },
    {
      key: 'recall',
      value: (m) => (m.right + m.missed > 0 ? f.percent(m.right / (m.right + m.missed)) : '–'),
    },
    { key: 'loss', value: (m) => f.count(m.log_loss, 3) },
  ]
  const scale = r.effect.looked > 0 ? r.effect.open / r.effect.looked : 1
  const all = (n: number) => Math.round(n * scale)
  return (
    <>
      <p className={styles.verdict}>
        <StatusTag kind={r.better ? 'success' : 'warning'}>
          {t(r.better ? 'duplicates.learn.better' : 'duplicates.learn.not_better')}
        </StatusTag>{' '}
        {t('duplicates.learn.effect', {
          up: f.count(all(r.effect.up)),
          down: f.count(all(r.effect.down)),
          open: f.count(r.effect.open),
        })}
      </p>
      {/* i18n-keys: duplicates.learn.row.* */}
      <SimpleTable<(typeof rows)[number]>
        label={t('duplicates.learn.compare')}
        rows={rows}
        rowKey={(row) => row.key}
        columns={[
          {
            key: 'what',
            title: t('duplicates.learn.compare'),
            render: (row) => t(`duplicates.learn.row.${row.key}`),
          },
          {
            key: 'before',
            title: t('duplicates.learn.before'),
            align: 'right',
            render: (row) => row.value(r.before),
          },
          {
            key: 'after',
            title: t('duplicates.learn.after'),
            hint: t('duplicates.learn.after_hint', { folds: r.folds }),
            align: 'right',
            render: (row) => row.value(r.after),
          },
        ]}
      />
      <Calibration measure={r.after} />
      <div className={styles.acts}>
        <Button
          type={r.better ? 'primary' : 'default'}
          onClick={() =>
            r.better
              ? apply()
              : confirm({
                  title: t('duplicates.learn.anyway_title'),
                  text: t('duplicates.learn.anyway_text'),
                  confirmText: t('duplicates.learn.apply'),
                  act: apply,
                  done: t('duplicates.learn.applied'),
                })
          }
        >
          {t('duplicates.learn.apply')}
        </Button>
        <Button onClick={drop}>{t('duplicates.learn.drop')}</Button>
        <span className="zk-muted">{t('duplicates.learn.apply_note')}</span>
      </div>
    </>
  )
}

/** Whether a score of 95 % is right in 95 of 100 decided pairs. */
function Calibration({ measure }: { measure: Measure }) {
  const { t } = useTranslation()
  const f = useFormat()
  return (
    <SimpleTable<Measure['bands'][number]>
      label={t('duplicates.learn.calibration')}
      rows={measure.bands.toReversed()}
      rowKey={(b) => b.from}
      columns={[
        {
          key: 'score',
          title: t('duplicates.learn.calibration'),
          render: (b) => `${f.percent(b.from, 0)} – ${f.percent(b.to, 0)}`,
        },
        {
          key: 'pairs',
          title: t('duplicates.learn.pairs'),
          align: 'right',
          render: (b) => f.count(b.pairs),
        },
        {
          key: 'expected',
          title: t('duplicates.learn.expected'),
          align: 'right',
          render: (b) => f.count(b.expected, 1),
        },
        {
          key: 'same',
          title: t('duplicates.learn.same'),
          align: 'right',
          render: (b) => f.count(b.same),
        },
      ]}
    />
  )
}

// i18n-keys: duplicates.lesson.status.*
function Versions({ onStart }: { onStart: Start }) {
  const { t } = useTranslation()
  const lessons = useLessons()
  const rows = lessons.data?.items ?? []
  if (rows.length === 0) return null
  return (
    <Section title={t('duplicates.lesson.title')} boxed>
      <SimpleTable<Lesson>
        label={t('duplicates.lesson.title')}
        rows={rows}
        rowKey={(l) => l.id}
        columns={[
          {
            key: 'applied',
            title: t('duplicates.lesson.applied'),
            render: (l) => (l.applied_at === null ? '–' : <DateTime at={l.applied_at} />),
          },
          {
            key: 'decisions',
            title: t('duplicates.lesson.decisions'),
            render: (l) => t('duplicates.model.decided', { same: l.same, different: l.different }),
          },
          {
            key: 'by',
            title: t('duplicates.by'),
            render: (l) => l.applied_by_name || '–',
          },
          {
            key: 'status',
            title: t('common.status'),
            phone: 'aside',
            render: (l) => (
              <StatusTag kind={l.status === 'active' ? 'success' : 'neutral'}>
                {t(`duplicates.lesson.status.${l.status}`)}
              </StatusTag>
            ),
          },
        ]}
        rowActions={(l) =>
          l.status === 'active' ? (
            <Button
              size="small"
              icon={<Undo2 size={14} aria-hidden="true" />}
              onClick={() => onStart(takeBackLesson(l.id))}
            >
              {t('duplicates.lesson.take_back')}
            </Button>
          ) : (
            <Button size="small" onClick={() => onStart(applyLesson(l.id))}>
              {t('duplicates.lesson.again')}
            </Button>
          )
        }
      />
    </Section>
  )
}
