import { Button } from 'antd'
import { Suspense, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearchParams } from 'react-router'
import type { ListQuery } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  Bones,
  Can,
  Day,
  EmptyState,
  ErrorState,
  LinkButton,
  late,
  Page,
  PageHeader,
  useMe,
} from '@/kit'
import type { Customer } from './api'
import { CustomerDrawer } from './CustomerDrawer'
import { queryCustomers, useCatalogue } from './list/api'
import { CustomerTable } from './list/CustomerTable'
import { ImportButton, Nobody } from './list/Nobody'
import { Tools } from './list/Tools'
import { useList } from './list/useList'
import { ViewBar } from './list/ViewBar'
import { NewButton } from './record/NewButton'

const Board = late(() => import('./list/Board'))

/** Who the lists show, by saved views and nested filters, as a table or a board. */
export default function CustomersPage() {
  const { t } = useTranslation()
  const me = useMe()
  const [params, setParams] = useSearchParams()
  const location = useLocation()
  const list = useList()
  const catalogue = useCatalogue()
  const [asOf, setAsOf] = useState<string | null>(null)
  const [none, setNone] = useState(false)
  const [row, setRow] = useState<Customer | null>(null)

  const open = Number(params.get('customer')) || null
  const show = (customer: Customer | null) => {
    setRow(customer)
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (customer) next.set('customer', String(customer.id))
        else next.delete('customer')
        return next
      },
      // The place in the list stands in the history entry.
      { state: location.state, preventScrollReset: true, replace: open !== null },
    )
  }
  const load = useCallback(async (query: ListQuery, signal: AbortSignal) => {
    const page = await queryCustomers(query, signal)
    setAsOf(page.as_of)
    setNone(page.total === 0 && !query.q && !query.filter)
    return page
  }, [])

  const body = () => {
    if (list.gone) {
      return (
        <EmptyState
          title={t('ui_list.view.gone')}
          text={t('errors.list.view_not_found')}
          action={<Button onClick={() => list.pick(null)}>{t('ui_list.view.everyone')}</Button>}
        />
      )
    }
    if (list.pending) return <Bones rows={8} />
    if (list.shown.layout === 'board') {
      return (
        <Suspense fallback={<Bones rows={8} />}>
          <Board
            list={list}
            fields={catalogue.data}
            bar={<Tools list={list} fields={catalogue.data} />}
            onOpen={show}
          />
        </Suspense>
      )
    }
    return (
      <CustomerTable
        list={list}
        fields={catalogue.data}
        load={load}
        open={open}
        onOpen={show}
        export={me.can(perm.customerExport)}
        empty={<Nobody />}
      />
    )
  }
  return (
    <Page>
      <PageHeader
        title={t('nav.customers.list')}
        purpose={
          asOf && !none ? (
            <>
              {t('customers.as_of')} <Day at={asOf} />
            </>
          ) : (
            t('customers.purpose')
          )
        }
        actions={
          !none && (
            <>
              <Can permission={perm.customerBulk}>
                <LinkButton to="/customers/bulk">{t('ui_list.bulk.past')}</LinkButton>
              </Can>
              <ImportButton />
              <NewButton />
            </>
          )
        }
      />
      {catalogue.error && !catalogue.data && (
        <ErrorState compact error={catalogue.error} onRetry={() => catalogue.refetch()} />
      )}
      {list.views.error && !list.views.data && (
        <ErrorState compact error={list.views.error} onRetry={() => list.views.refetch()} />
      )}
      {!none && <ViewBar list={list} />}
      {body()}
      <CustomerDrawer
        id={open}
        known={row && row.id === open ? row : undefined}
        onClose={() => show(null)}
      />
    </Page>
  )
}
