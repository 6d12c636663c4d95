import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import type { Page as ListPage } from '@/api/types'
import { perm } from '@/app/permissions'
import { DataTable, EmptyState, Page, PageHeader, useFormat, useMe, useSay } from '@/kit'
import { MySteps } from '../../overview/MySteps'
import { fillStep, key, loadOwed, type Owed, written } from '../api'
import { Until } from './DueBy'

const place = '/steps'
// As many as the server counts.
const counted = 500

/** What is owed to customers: steps of tools, and what was promised in notes. */
export default function StepsPage() {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [params] = useSearchParams()
  const of = params.get('of') === 'all' ? 'all' : 'mine'
  const counts = useQuery({
    queryKey: [...key, 'steps', of, 'count'],
    queryFn: ({ signal }) => loadOwed({ of, limit: 1 }, signal),
  })
  const finish = async (owed: Owed) => {
    const mark = async (result: string) => {
      await fillStep(owed, result)
      written(client)
    }
    try {
      await mark('done')
      done(t('steps.done', { text: owed.text }), () => mark(''))
    } catch (error) {
      fail(error)
    }
  }
  const many = (n: number) => (n >= counted ? `${f.count(n)}+` : f.count(n))
  const tab = (name: 'mine' | 'all') => ({
    key: name,
    label: t(name === 'mine' ? 'steps.mine' : 'steps.everybody'),
    to: name === 'all' ? `${place}?of=all` : place,
  })
  return (
    <Page>
      <PageHeader
        title={t('nav.customers.steps')}
        purpose={
          counts.data && counts.data.open > 0
            ? t('steps.counts', {
                open: many(counts.data.open),
                overdue: many(counts.data.overdue),
              })
            : t('steps.purpose')
        }
        tabs={[tab('mine'), tab('all')]}
        activeTab={of}
      />
      {of === 'mine' && <MySteps />}
      <DataTable<Owed>
        key={of}
        id={`steps-${of}`}
        label={t('nav.customers.steps')}
        queryKey={[...key, 'steps', of]}
        load={async (query, signal): Promise<ListPage<Owed>> => {
          const { items, next_cursor } = await loadOwed(
            {
              of,
              overdue: query.overdue === 'true' || undefined,
              limit: query.limit,
              cursor: query.cursor,
            },
            signal,
          )
          return { items: items ?? [], next_cursor, total: null }
        }}
        rowKey={(o) => `${o.task_id} ${o.item}`}
        rowHref={(o) => `/customers/${o.customer_id}?task=${o.task_id}`}
        filters={[
          {
            key: 'overdue',
            label: t('steps.state'),
            type: 'select',
            options: [{ value: 'true', label: t('steps.overdue') }],
          },
        ]}
        columns={[
          { key: 'text', title: t('steps.what'), phone: 'title', render: (o) => o.text },
          {
            key: 'due',
            title: t('steps.until'),
            width: 220,
            render: (o) => <Until owed={o} />,
          },
          {
            key: 'customer',
            title: t('steps.customer'),
            width: 200,
            render: (o) => (
              <Link to={`/customers/${o.customer_id}?task=${o.task_id}`}>
                {o.customer_name || t('customers.nameless', { id: o.customer_id })}
              </Link>
            ),
          },
          {
            key: 'who',
            title: t('steps.who'),
            width: 160,
            render: (o) => o.who_name || <span className="zk-muted">{t('steps.nobody')}</span>,
          },
          { key: 'tool', title: t('steps.tool'), width: 180, render: (o) => o.tool },
        ]}
        rowActions={
          me.can(perm.lifecycleEdit)
            ? (o) =>
                o.item ? (
                  <Button size="small" icon={<Check size={14} />} onClick={() => finish(o)}>
                    {t('steps.finish')}
                  </Button>
                ) : null
            : undefined
        }
        empty={
          <EmptyState
            title={t(of === 'mine' ? 'steps.none_mine' : 'steps.none')}
            text={t('steps.none_text')}
          />
        }
      />
    </Page>
  )
}
