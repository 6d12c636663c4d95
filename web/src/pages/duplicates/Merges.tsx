import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Undo2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import {
  type Column,
  DataTable,
  DateTime,
  EmptyState,
  LinkButton,
  Section,
  SimpleTable,
  StatusTag,
  useConfirmWithUndo,
  useFormat,
  useSay,
} from '@/kit'
import { type Batch, listMerges, type Merged, undoBatch, useBatches } from './api'
import { useTakeBack } from './takeBack'

type Start = (work: Promise<{ job_id: number }>) => Promise<void>

/** What was merged: in one go, and each alone. */
export function Merges({ onStart }: { onStart: Start }) {
  return (
    <>
      <Batches onStart={onStart} />
      <Single />
    </>
  )
}

// i18n-keys: duplicates.batch.status.*
function Batches({ onStart }: { onStart: Start }) {
  const { t } = useTranslation()
  const f = useFormat()
  const confirm = useConfirmWithUndo()
  const batches = useBatches()
  const rows = batches.data?.items ?? []
  if (rows.length === 0) return null
  const back = (b: Batch) =>
    confirm({
      title: t('duplicates.batch.undo_title', { count: b.merged - b.undone }),
      text: t('duplicates.batch.undo_text'),
      confirmText: t('duplicates.batch.undo'),
      act: () => onStart(undoBatch(b.id, true)),
      done: t('duplicates.batch.undo_started'),
    })
  return (
    <Section title={t('duplicates.batch.title')} note={t('duplicates.batch.note')} boxed>
      <SimpleTable<Batch>
        label={t('duplicates.batch.title')}
        rows={rows}
        rowKey={(b) => b.id}
        columns={[
          {
            key: 'at',
            title: t('duplicates.at'),
            render: (b) => <DateTime at={b.started_at} />,
          },
          {
            key: 'score',
            title: t('duplicates.batch.from'),
            align: 'right',
            render: (b) => f.percent(b.min_score),
          },
          {
            key: 'merged',
            title: t('duplicates.batch.merged'),
            align: 'right',
            render: (b) => f.count(b.merged),
          },
          {
            key: 'undone',
            title: t('duplicates.batch.undone'),
            align: 'right',
            render: (b) =>
              b.kept > 0
                ? t('duplicates.batch.undone_kept', { undone: b.undone, kept: b.kept })
                : f.count(b.undone),
          },
          { key: 'by', title: t('duplicates.by'), render: (b) => b.started_by_name || '–' },
          {
            key: 'status',
            title: t('common.status'),
            phone: 'aside',
            render: (b) => (
              <StatusTag
                kind={
                  b.status === 'done' ? 'success' : b.status === 'stopped' ? 'warning' : 'running'
                }
              >
                {t(`duplicates.batch.status.${b.status}`)}
              </StatusTag>
            ),
          },
        ]}
        rowActions={(b) =>
          b.undone < b.merged && (b.status === 'done' || b.status === 'stopped') ? (
            <Button size="small" icon={<Undo2 size={14} />} onClick={() => back(b)}>
              {t('duplicates.batch.undo')}
            </Button>
          ) : null
        }
      />
    </Section>
  )
}

function Single() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const takeBack = useTakeBack()
  const { done, fail } = useSay()
  const again = () => client.invalidateQueries({ queryKey: ['duplicates'] })
  const back = async (m: Merged) => {
    try {
      if (await takeBack(m.id, m.loser_name, again)) {
        done(t('duplicates.undone', { name: m.loser_name }))
      }
    } catch (error) {
      fail(error)
    }
  }
  const columns: Column<Merged>[] = [
    {
      key: 'winner',
      title: t('duplicates.stays'),
      required: true,
      render: (m) =>
        m.winner_name ? (
          <LinkButton type="link" size="small" to={`/customers/${m.winner_id}`}>
            {m.winner_name}
          </LinkButton>
        ) : (
          <span className="zk-muted">{t('duplicates.merged_on')}</span>
        ),
    },
    { key: 'loser', title: t('duplicates.went'), render: (m) => m.loser_name },
    { key: 'moved', title: t('duplicates.rows'), align: 'right', render: (m) => m.moved },
    { key: 'by', title: t('duplicates.by'), render: (m) => m.merged_by_name || '–' },
    { key: 'at', title: t('duplicates.at'), render: (m) => <DateTime at={m.merged_at} /> },
    {
      key: 'status',
      title: t('common.status'),
      phone: 'aside',
      render: (m) =>
        m.status === 'done' ? (
          <StatusTag kind="success">{t('duplicates.holds')}</StatusTag>
        ) : (
          <StatusTag kind="neutral">{t('duplicates.undone_state')}</StatusTag>
        ),
    },
  ]
  return (
    <DataTable<Merged>
      id="merges"
      label={t('duplicates.state.merged')}
      queryKey={['duplicates', 'merges']}
      load={listMerges}
      columns={columns}
      rowActions={(m) =>
        m.status === 'done' ? (
          <Button size="small" icon={<Undo2 size={14} />} onClick={() => back(m)}>
            {t('common.undo')}
          </Button>
        ) : null
      }
      empty={<EmptyState title={t('duplicates.none.merged')} />}
    />
  )
}
