import { ArrowDownRight, ArrowUpRight, Clock, UserMinus, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { api, ok } from '@/api/client'
import { type Column, Count, DataTable, Day, EmptyState, LevelTag, Money, useMe } from '@/kit'
import type { Member, RunDetail } from '../api'
import { useSchemeOf } from '../queries'
import { tonesOf } from '../report/figures'
import { ReasonDrawer } from './ReasonDrawer'
import { RunFrame } from './RunFrame'
import styles from './runs.module.css'

/** The customers of a run: who is in which level, who moved, and why. */
export default function RunCustomersPage() {
  return <RunFrame tab="customers">{(run) => <List run={run} />}</RunFrame>
}

const moveFilters = ['up', 'down', 'new', 'gone', 'fell', 'overdue', 'changed'] as const

// i18n-keys: tiers.move.*
function List({ run }: { run: RunDetail }) {
  const { t } = useTranslation()
  const me = useMe()
  const [name, setName] = useState('')
  const [params, setParams] = useSearchParams()
  const view = useSchemeOf(run)
  const scheme = run.summary?.scheme ?? view.data?.scheme
  const levels = scheme?.levels ?? []
  const tones = tonesOf(levels)
  const openId = Number(params.get('customer')) || null
  const show = (id: number | null) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (id) next.set('customer', String(id))
        else next.delete('customer')
        return next
      },
      { preventScrollReset: true, replace: true },
    )
  // Who is gone is not in this run: the run before knows why they were where they were.
  const gone = params.get('move') === 'gone'
  const proposed = params.get('levels') === 'proposed'
  const shows = run.decided
    ? t(proposed ? 'tiers.levels.shows_proposed' : 'tiers.levels.shows_decided')
    : t('tiers.run.by_spend')
  const columns: Column<Member>[] = [
    { key: 'name', title: t('common.customer'), render: (m) => m.name },
    {
      key: 'level',
      title: t('tiers.level'),
      phone: 'aside',
      render: (m) => (
        <span className={styles.mark}>
          <LevelTag
            level={{
              code: m.level,
              name: m.level_name,
              rank: levels.findIndex((l) => l.code === m.level) + 1,
            }}
            tone={tones.get(m.level)}
          />
          {m.proposed_name && (
            <small className="zk-muted">{t('tiers.levels.was', { level: m.proposed_name })}</small>
          )}
        </span>
      ),
    },
    { key: 'move', title: t('tiers.people.change'), render: (m) => <MoveMark member={m} /> },
    {
      key: 'spend',
      title: t(`tiers.metric.spend.${scheme?.measure ?? 'net'}`),
      align: 'right',
      render: (m) => <Money fen={m.spend_fen} />,
    },
    {
      key: 'orders',
      title: t('tiers.people.orders'),
      align: 'right',
      render: (m) => <Count value={m.orders} />,
    },
    {
      key: 'last',
      title: t('tiers.people.last'),
      render: (m) => <Day at={m.last_day} />,
    },
    {
      key: 'days',
      title: t('tiers.metric.recency_days'),
      align: 'right',
      hidden: true,
      render: (m) => <Count value={m.days_since} />,
    },
    {
      key: 'score',
      title: t('tiers.score'),
      align: 'right',
      hidden: scheme?.method !== 'score',
      phone: scheme?.method === 'score' ? 'line' : 'none',
      render: (m) => <Count value={m.score} digits={1} />,
    },
    {
      key: 'reason',
      title: t('tiers.people.why'),
      phone: 'wide',
      render: (m) => <div className={styles.reason}>{m.reason}</div>,
    },
  ]
  return (
    <>
      <DataTable<Member>
        id="tier-members"
        label={t('tiers.run.customers')}
        queryKey={['tiering', 'members', run.id]}
        load={(query, signal) =>
          ok(
            api.GET('/tiering/runs/{id}/customers', {
              params: { path: { id: run.id }, query },
              signal,
            }),
          )
        }
        rowKey={(m) => m.customer_id}
        columns={columns}
        search={t('tiers.run.search')}
        filters={[
          {
            key: 'level',
            label: t('tiers.level'),
            type: 'select',
            options: levels.map((l) => ({ value: l.code, label: l.name })),
          },
          {
            key: 'move',
            label: t('tiers.people.change'),
            type: 'select',
            options: moveFilters.map((m) => ({ value: m, label: t(`tiers.move.${m}`) })),
          },
          ...(run.decided
            ? [
                {
                  key: 'levels',
                  label: t('tiers.levels.label'),
                  type: 'select' as const,
                  options: (['decided', 'proposed'] as const).map((l) => ({
                    value: l,
                    label: t(`tiers.levels.${l}`),
                  })),
                },
              ]
            : []),
        ]}
        views={(['up', 'down', 'new', 'fell', 'overdue'] as const).map((m) => ({
          key: m,
          label: t(`tiers.move.${m}`),
          filters: { move: m },
        }))}
        onOpen={(m) => {
          setName(m.name)
          show(m.customer_id)
        }}
        openKey={openId}
        toolbar={<span className="zk-muted">{shows}</span>}
        empty={
          me.scope === 'all' ? (
            <EmptyState title={t('tiers.run.nobody')} text={t('tiers.run.nobody_text')} />
          ) : (
            <EmptyState
              title={t('tiers.run.nobody_yours')}
              text={t('tiers.run.nobody_yours_text')}
            />
          )
        }
      />
      <ReasonDrawer
        runId={gone && run.previous_run_id ? run.previous_run_id : run.id}
        customerId={openId}
        name={name}
        onClose={() => show(null)}
      />
    </>
  )
}

const icons = {
  up: ArrowUpRight,
  down: ArrowDownRight,
  new: UserPlus,
  gone: UserMinus,
  changed: ArrowUpRight,
}

function MoveMark({ member }: { member: Member }) {
  const { t } = useTranslation()
  const { move } = member
  const Icon = move === 'same' ? null : icons[move]
  return (
    <span className={styles.mark}>
      {Icon ? (
        <span className={`${styles.moved} ${styles[move] ?? ''}`}>
          <Icon size={15} aria-hidden="true" />
          {t(`tiers.move.${move}`)}
          {member.previous_level && (move === 'up' || move === 'down' || move === 'changed') && (
            <small>{t('tiers.move_from', { level: member.previous_level })}</small>
          )}
        </span>
      ) : (
        !member.overdue && <span className="zk-muted">–</span>
      )}
      {member.overdue && (
        <span className={styles.overdue}>
          <Clock size={14} aria-hidden="true" />
          {t('tiers.move.overdue')}
        </span>
      )}
    </span>
  )
}
