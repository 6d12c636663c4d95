import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  Bones,
  type Column,
  DateTime,
  Day,
  DetailDrawer,
  QueryView,
  SimpleTable,
  type StatusKind,
  StatusTag,
  useFormat,
} from '@/kit'
import { type Detail, type Kind, type Model, useModel, useVersions } from './api'
import { Decide } from './Decide'
import { Facts } from './Facts'
import { Figure } from './Figure'
import styles from './models.module.css'

const kinds: Record<Model['status'], StatusKind> = {
  waiting: 'neutral',
  running: 'running',
  in_use: 'success',
  retired: 'neutral',
  held: 'warning',
  discarded: 'neutral',
  failed: 'danger',
  cancelled: 'neutral',
}

// i18n-keys: models.status.*
function ModelStatus({ status }: { status: Model['status'] }) {
  const { t } = useTranslation()
  return <StatusTag kind={kinds[status]}>{t(`models.status.${status}`)}</StatusTag>
}

/** All fits of a kind, newest first. */
export function Versions({ kind }: { kind: Kind }) {
  const { t } = useTranslation()
  const f = useFormat()
  const query = useVersions(kind)
  const [open, setOpen] = useState<Model | null>(null)
  const columns: Column<Model>[] = [
    {
      key: 'version',
      title: t('models.column.version'),
      render: (m) => (
        <button type="button" className={styles.link} onClick={() => setOpen(m)}>
          v{m.version}
        </button>
      ),
    },
    {
      key: 'status',
      title: t('common.status'),
      render: (m) => <ModelStatus status={m.status} />,
    },
    {
      key: 'as_of',
      title: t('models.as_of'),
      render: (m) => <Day at={m.finished_at && m.customers ? m.as_of : null} />,
    },
    {
      key: 'quality',
      title: t('models.column.quality'),
      render: (m) => <QualityText model={m} />,
    },
    {
      key: 'customers',
      title: t('models.column.customers'),
      align: 'right',
      render: (m) => (m.customers ? f.count(m.customers) : '–'),
    },
    {
      key: 'made',
      title: t('common.created_at'),
      render: (m) => (
        <>
          <DateTime at={m.created_at} />{' '}
          <span className="zk-muted">{m.created_by_name || t('tiers.by_program')}</span>
        </>
      ),
    },
  ]
  return (
    <section aria-label={t('models.versions')}>
      <h3 className={styles.title}>{t('models.versions')}</h3>
      <QueryView query={query} compact skeleton={<Bones rows={3} />}>
        {(rows) => (
          <SimpleTable
            label={t('models.versions')}
            columns={columns}
            rows={rows}
            rowKey={(m) => m.id}
          />
        )}
      </QueryView>
      {open && <ModelDrawer model={open} onClose={() => setOpen(null)} />}
    </section>
  )
}

function QualityText({ model: { quality: q } }: { model: Model }) {
  const { t } = useTranslation()
  const f = useFormat()
  if (!q) return '–'
  if (q.auc !== null) return `AUC ${f.count(q.auc, 3)}`
  return t('models.quality', { actual: f.count(q.actual ?? 0), expected: f.count(q.expected ?? 0) })
}

function ModelDrawer({ model, onClose }: { model: Model; onClose: () => void }) {
  const { t } = useTranslation()
  const query = useModel(model.id)
  return (
    <DetailDrawer
      open
      width={720}
      title={t('models.version_of', {
        kind: t(`models.kind.${model.kind}`),
        version: model.version,
      })}
      extra={query.data && <Decide model={query.data} />}
      onClose={onClose}
    >
      <QueryView query={query} skeleton={<Bones rows={8} />}>
        {(detail) => <Found detail={detail} />}
      </QueryView>
    </DetailDrawer>
  )
}

function Found({ detail }: { detail: Detail }) {
  const { t } = useTranslation()
  const f = useFormat()
  const s = detail.starts
  return (
    <div className={styles.body}>
      <p>
        <ModelStatus status={detail.status} />{' '}
        {detail.decided_by_name && (
          <span className="zk-muted">
            {detail.decided_by_name} <DateTime at={detail.decided_at} />
          </span>
        )}
      </p>
      {detail.error && <p>{detail.error}</p>}
      {(detail.doubts?.length ?? 0) > 0 && (
        <ul className={styles.list}>
          {detail.doubts?.map((d) => (
            <li key={d}>{d}</li>
          ))}
        </ul>
      )}
      {detail.customers > 0 && (
        <>
          <Facts detail={detail} />
          <Figure detail={detail} />
        </>
      )}
      {(detail.parameters?.length ?? 0) > 0 && (
        <section aria-label={t('models.parameters')}>
          <h3 className={styles.title}>{t('models.parameters')}</h3>
          <p className="zk-muted">
            {s &&
              t('models.starts', {
                count: s.count,
                converged: s.converged,
                evaluations: f.count(s.evaluations),
                likelihood: f.count(s.log_likelihood, 1),
              })}
          </p>
          <SimpleTable
            label={t('models.parameters')}
            rows={detail.parameters ?? []}
            rowKey={(p) => p.name}
            columns={[
              {
                key: 'name',
                title: t('models.parameter'),
                render: (p) => <span className="zk-mono">{p.name}</span>,
              },
              {
                key: 'value',
                title: t('models.value'),
                align: 'right',
                render: (p) => f.count(p.value, 4),
              },
              {
                key: 'error',
                title: t('models.error'),
                align: 'right',
                render: (p) => (p.std_err === null ? '–' : `± ${f.count(p.std_err, 4)}`),
              },
            ]}
          />
        </section>
      )}
    </div>
  )
}
