import { useQueryClient } from '@tanstack/react-query'
import { Alert, Dropdown } from 'antd'
import { ScanSearch } from 'lucide-react'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import {
  Grid,
  JobProgress,
  LinkButton,
  Page,
  PageHeader,
  Relative,
  StatCard,
  useFormat,
  useRunningJobs,
  useSay,
} from '@/kit'
import { type State, scan, states, useSummary } from './api'
import { MergeAll } from './MergeAll'
import { Merges } from './Merges'
import { ModelTab } from './ModelTab'
import { Pairs } from './Pairs'

const shownJobs = ['duplicate.scan', 'duplicate.merge_all', 'duplicate.undo_all', 'duplicate.learn']

// i18n-keys: duplicates.state.*, duplicates.none.*
/**
 * The work list of the data steward: who may be one, decided pair by pair;
 * what was merged; and the weights by which all of it is judged.
 */
export default function DuplicatesPage() {
  const { t } = useTranslation()
  const f = useFormat()
  const client = useQueryClient()
  const { fail } = useSay()
  const [params] = useSearchParams()
  const state: State = states.find((s) => s === params.get('state')) ?? 'open'
  const of = /^[1-9]\d{0,15}$/.test(params.get('import') ?? '') ? params.get('import') : null
  const [started, setStarted] = useState<number | null>(null)
  const [mergeAll, setMergeAll] = useState(false)
  const running = useRunningJobs().find((j) => shownJobs.includes(j.kind))
  const job = started ?? running?.id ?? null
  const summary = useSummary()
  const again = useCallback(() => client.invalidateQueries({ queryKey: ['duplicates'] }), [client])
  const start = async (work: Promise<{ job_id: number }>) => {
    try {
      setStarted((await work).job_id)
      again()
    } catch (error) {
      fail(error)
    }
  }
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
                  disabled: !s || s.sure === 0,
                  onClick: () => setMergeAll(true),
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
          to: `/duplicates?state=${key}${of ? `&import=${of}` : ''}`,
        }))}
      />
      {job !== null && <JobProgress key={job} id={job} onDone={again} />}
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
            note={t('duplicates.stat.sure', { count: f.count(s?.sure ?? 0) })}
            loading={!s}
          />
        </Grid>
      )}
      {state === 'merged' ? (
        <Merges onStart={start} />
      ) : state === 'model' ? (
        <ModelTab onStart={start} />
      ) : (
        <>
          {of && (
            <Alert
              type="info"
              showIcon
              title={t('duplicates.of_import', { id: of })}
              action={
                <LinkButton size="small" to={`/duplicates?state=${state}`}>
                  {t('duplicates.of_all')}
                </LinkButton>
              }
            />
          )}
          <Pairs
            key={`${state} ${of}`}
            state={state}
            of={of}
            again={again}
            scanned={Boolean(s?.scanned_at) || of !== null}
          />
        </>
      )}
      <MergeAll open={mergeAll} onClose={() => setMergeAll(false)} onStart={start} />
    </Page>
  )
}
