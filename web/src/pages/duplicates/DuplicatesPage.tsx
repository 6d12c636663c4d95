import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { ScanSearch, Undo2 } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { ApiError } from '@/api/errors'
import {
  type Column,
  DataTable,
  DateTime,
  EmptyState,
  Grid,
  JobProgress,
  LinkButton,
  Page,
  PageHeader,
  Relative,
  StatCard,
  StatusTag,
  useConfirmWithUndo,
  useFormat,
  useSay,
} from '@/kit'
import {
  decide,
  listMerges,
  listPairs,
  type Merged,
  mergeAll,
  type Pair,
  type State,
  scan,
  states,
  undo,
  useSummary,
} from './api'
import { CompareDrawer } from './CompareDrawer'
import { Reasons, Score, SideFacts } from './words'

const sureFrom = 0.99

// i18n-keys: duplicates.state.*, duplicates.none.*
/** The work list of the data steward: who may be one, decided pair by pair; and what was merged. */
export default function DuplicatesPage() {
  const { t } = useTranslation()
  const f = useFormat()
  const client = useQueryClient()
  const { fail } = useSay()
  const confirm = useConfirmWithUndo()
  const [params] = useSearchParams()
  const state: State = states.find((s) => s === params.get('state')) ?? 'open'
  const [job, setJob] = useState<number | null>(null)
  const summary = useSummary()
  const again = useCallback(() => client.invalidateQueries({ queryKey: ['duplicates'] }), [client])
  const start = async (work: Promise<{ job_id: number }>) => {
    try {
      setJob((await work).job_id)
    } catch (error) {
      fail(error)
    }
  }
  const all = () =>
    confirm({
      title: t('duplicates.merge_all.title', { count: summary.data?.certain ?? 0 }),
      text: t('duplicates.merge_all.text'),
      confirmText: t('duplicates.merge_all.act'),
      act: () => start(mergeAll(sureFrom)),
      done: t('duplicates.merge_all.started'),
    })
  const s = summary.data
  return (
    <Page>
      <PageHeader
        title={t('nav.customers.duplicates')}
        purpose={t('duplicates.purpose')}
        actions={
          <Dropdown.Button
            type="primary"
            onClick={() => start(scan())}
            menu={{
              items: [
                {
                  key: 'all',
                  label: t('duplicates.merge_all.menu'),
                  disabled: !s || s.certain === 0,
                  onClick: all,
                },
              ],
            }}
          >
            <ScanSearch size={16} aria-hidden="true" /> {t('duplicates.scan')}
          </Dropdown.Button>
        }
        activeTab={state}
        tabs={states.map((key) => ({
          key,
          label: t(`duplicates.state.${key}`),
          to: `/duplicates?state=${key}`,
        }))}
      />
      {job !== null && <JobProgress id={job} onDone={again} />}
      {state === 'open' && (
        <Grid pair>
          <StatCard
            label={t('duplicates.stat.open')}
            value={f.count(s?.open ?? 0)}
            definition={t('duplicates.stat.open_def')}
            note={
              s?.scanned_at ? (
                <>
                  {t('duplicates.stat.scanned')} <Relative at={s.scanned_at} />
                </>
              ) : (
                t('duplicates.stat.never')
              )
            }
            loading={!s}
          />
          <StatCard
            label={t('duplicates.stat.certain')}
            value={f.count(s?.certain ?? 0)}
            definition={t('duplicates.stat.certain_def')}
            note={t('duplicates.stat.sure', { count: s?.sure ?? 0 })}
            loading={!s}
          />
        </Grid>
      )}
      {state === 'merged' ? (
        <Merges />
      ) : (
        <Pairs key={state} state={state} again={again} scanned={Boolean(s?.scanned_at)} />
      )}
    </Page>
  )
}

function Pairs({ state, again, scanned }: { state: State; again: () => void; scanned: boolean }) {
  const { t } = useTranslation()
  const { done, fail } = useSay()
  const [open, setOpen] = useState<Pair | null>(null)
  const columns = useMemo<Column<Pair>[]>(
    () => [
      {
        key: 'a',
        title: t('duplicates.a'),
        required: true,
        render: (p) => <SideFacts side={p.a} />,
      },
      {
        key: 'b',
        title: t('duplicates.b'),
        phone: 'wide',
        render: (p) => <SideFacts side={p.b} />,
      },
      {
        key: 'score',
        title: t('duplicates.score'),
        width: 130,
        phone: 'aside',
        render: (p) => <Score score={p.score} />,
      },
      {
        key: 'reasons',
        title: t('duplicates.reasons'),
        width: 280,
        phone: 'wide',
        render: (p) => <Reasons pair={p} />,
      },
    ],
    [t],
  )
  const say = async (pair: Pair, decision: 'different' | 'later' | 'open') => {
    try {
      await decide(pair.id, decision)
      again()
      done(t(`duplicates.said_${decision}`), async () => {
        await decide(pair.id, pair.status)
        again()
      })
    } catch (error) {
      fail(error)
      again()
    }
  }
  // i18n-keys: duplicates.said_*
  return (
    <>
      <DataTable<Pair>
        id={`duplicates-${state}`}
        label={t(`duplicates.state.${state}`)}
        queryKey={['duplicates', 'pairs', state]}
        load={listPairs}
        fixed={{ status: state }}
        columns={columns}
        onOpen={setOpen}
        openKey={open?.id}
        rowActions={(p) => (
          <>
            {p.status !== 'different' && (
              <Button size="small" onClick={() => say(p, 'different')}>
                {t('duplicates.different')}
              </Button>
            )}
            {p.status === 'open' ? (
              <Button size="small" type="text" onClick={() => say(p, 'later')}>
                {t('duplicates.later')}
              </Button>
            ) : (
              <Button size="small" type="text" onClick={() => say(p, 'open')}>
                {t('duplicates.reopen')}
              </Button>
            )}
          </>
        )}
        empty={
          <EmptyState
            title={
              scanned || state !== 'open'
                ? t(`duplicates.none.${state}`)
                : t('duplicates.none.unscanned')
            }
            text={scanned || state !== 'open' ? undefined : t('duplicates.none.unscanned_text')}
          />
        }
      />
      <CompareDrawer pair={open} onClose={() => setOpen(null)} onDone={again} />
    </>
  )
}

function Merges() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const confirm = useConfirmWithUndo()
  const { done, fail } = useSay()
  const again = () => client.invalidateQueries({ queryKey: ['duplicates'] })
  const back = async (m: Merged, keep = false) => {
    try {
      await undo(m.id, keep)
      done(t('duplicates.undone', { name: m.loser_name }))
      again()
    } catch (error) {
      if (error instanceof ApiError && error.code === 'duplicate.edited_since' && !keep) {
        confirm({
          title: t('duplicates.edited.title'),
          text: t('duplicates.edited.text', { fields: error.fields.map((f) => f.path).join(', ') }),
          confirmText: t('duplicates.edited.act'),
          act: () => undo(m.id, true).then(again),
          done: t('duplicates.undone', { name: m.loser_name }),
        })
        return
      }
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
