import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MeProvider } from '@/kit/session'
import type { Faults } from './context'
import { sample } from './fixture'
import { fromNode, type Group, toNode } from './model'
import { type RuleNode, sequenceOf } from './node'
import { RuleBuilder } from './RuleBuilder'

vi.mock('react-i18next', () => {
  const t = (key: string, p?: Record<string, unknown>) =>
    p ? `${key} ${Object.values(p).join(' ')}` : key
  return {
    useTranslation: () => ({ t, i18n: { language: 'zh-CN' } }),
    initReactI18next: { type: '3rdParty', init: () => {} },
  }
})

afterEach(cleanup)
// Roles of a page of selects take their time on a busy machine.
vi.setConfig({ testTimeout: 20_000 })
// Nobody answers: what is suggested is not what is looked at here.
beforeEach(() => {
  vi.stubGlobal('fetch', () => new Promise(() => {}))
})
window.matchMedia ??= (() => ({
  matches: false,
  addEventListener: () => {},
  removeEventListener: () => {},
})) as never

const session = { staff: { id: 1, name: '' }, permissions: [], fields: {} } as never
let now: Group

function Host({ node, faults, tried }: { node: RuleNode; faults?: Faults; tried?: boolean }) {
  const [root, setRoot] = useState(() => now ?? fromNode(node))
  now = root
  return (
    <RuleBuilder catalogue={sample} value={root} onChange={setRoot} faults={faults} tried={tried} />
  )
}

function show(node: RuleNode, more: { faults?: Faults; tried?: boolean; root?: Group } = {}) {
  now = more.root ?? fromNode(node)
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MeProvider session={session}>
        <Host node={node} {...more} />
      </MeProvider>
    </QueryClientProvider>,
  )
}

const rule = () => toNode(now).node
const city = { field: 'city', op: 'empty' }
const spend: RuleNode = {
  facts: { stream: 'orders', agg: 'sum', of: 'net', window: { last: 90 } },
  op: 'gte',
  value: 100000,
}
const menuKey = (name: string) =>
  fireEvent.keyDown(screen.getByRole('combobox', { name: 'ui_audience_builder.add.search' }), {
    key: name,
  })

describe('the builder', () => {
  it('shows yuan and sends 分', async () => {
    show({ all: [spend] })
    const value = screen.getByLabelText('ui_audience_builder.value')
    expect((value as HTMLInputElement).value).toBe('1000.00')
    fireEvent.change(value, { target: { value: '88.5' } })
    await waitFor(() => expect(rule()).toEqual({ all: [{ ...spend, value: 8850 }] }))
    fireEvent.change(screen.getByLabelText('ui_audience_builder.window.days'), {
      target: { value: '30' },
    })
    await waitFor(() =>
      expect(rule()?.all?.[0]?.facts).toEqual({ ...spend.facts, window: { last: 30 } }),
    )
  })

  it('says by how much a number fell, in its unit, and within how many days', async () => {
    const share = { field: 'f.share', op: 'gte', value: 60 }
    show({ all: [share] })
    fireEvent.mouseDown(
      screen.getByRole('combobox', { name: 'ui_audience_builder.op_of 我司采购占比' }),
    )
    fireEvent.click(await screen.findByTitle('ui_list.op.n_fell'))
    // Nothing is said before it is known by how much.
    const by = await screen.findByLabelText('ui_audience_builder.shift.by')
    expect((by as HTMLInputElement).value).toBe('')
    expect(by.closest('.ant-input-number')?.parentElement?.textContent).toContain('%')
    fireEvent.change(by, { target: { value: '10.5' } })
    await waitFor(() =>
      expect(rule()).toEqual({
        all: [{ field: 'f.share', op: 'fell', value: { by: 10.5, days: 180 } }],
      }),
    )
    fireEvent.change(screen.getByLabelText('ui_audience_builder.shift.days'), {
      target: { value: '90' },
    })
    await waitFor(() => expect(rule()?.all?.[0]?.value).toEqual({ by: 10.5, days: 90 }))
  })

  it('shows every kind of condition without changing it', () => {
    const node: RuleNode = {
      all: [
        city,
        { field: 'stage', at: '2026-01-31', op: 'in', value: ['customer'] },
        { relative: { field: 'net_90' }, op: 'top_percent', value: 20 },
        { sequence: sequenceOf({ stream: 'behaviours' }, { stream: 'orders' }, 7, true) },
        { not: { sample: { percent: 5, seed: 'x' } } },
      ],
    }
    show(node)
    expect(rule()).toEqual(node)
    expect(document.querySelectorAll('[role=group][data-condition]')).toHaveLength(5)
    // Five conditions are as many as the catalogue allows.
    const adds = [...document.querySelectorAll<HTMLButtonElement>('button')].filter(
      (x) => x.textContent === 'ui_list.filter.add',
    )
    expect(adds.map((x) => x.disabled)).toEqual([true, true])
  })

  it('adds what the search finds with Enter, by keyboard alone', async () => {
    show({ all: [city] })
    fireEvent.click(screen.getByRole('button', { name: 'ui_list.filter.add' }))
    const search = await screen.findByRole('combobox', { name: 'ui_audience_builder.add.search' })
    fireEvent.change(search, { target: { value: '生日' } })
    menuKey('Enter')
    await waitFor(() =>
      expect(rule()).toEqual({ all: [city, { field: 'birthday', op: 'within_days', value: 7 }] }),
    )
  })

  it('moves a condition with Alt and arrows, and copies it', async () => {
    show({ all: [city, spend] })
    const rows = document.querySelectorAll('[data-condition]')
    fireEvent.keyDown(rows[2] as Element, { key: 'ArrowUp', altKey: true })
    await waitFor(() => expect(rule()).toEqual({ all: [spend, city] }))
    fireEvent.click(screen.getByRole('button', { name: 'ui_audience_builder.acts 城市' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: 'common.copy' }))
    await waitFor(() => expect(rule()).toEqual({ all: [spend, city, city] }))
  })

  it('removes a condition, and turns into a group of none', async () => {
    show({ all: [city, spend] })
    fireEvent.click(screen.getByRole('button', { name: 'ui_audience_builder.remove 订单' }))
    await waitFor(() => expect(rule()).toEqual({ all: [city] }))
    fireEvent.mouseDown(screen.getByRole('combobox', { name: 'ui_list.filter.join' }))
    fireEvent.click(await screen.findByTitle('ui_audience_builder.join.none'))
    await waitFor(() => expect(rule()).toEqual({ not: { any: [city] } }))
  })

  it('says what the server found wrong at its condition, and what is missing once tried', () => {
    const root = fromNode({
      all: [{ field: 'net_90', op: 'gte' }, city, { field: 'gone', op: 'eq' }],
    })
    const id = root.rules[1]?.id as string
    show({}, { root, tried: true, faults: new Map([[id, [{ rest: 'op', message: '不能用' }]]]) })
    const [first, second, third] = [
      ...document.querySelectorAll<HTMLElement>('[role=group][data-condition]'),
    ]
    expect(within(first as HTMLElement).getByRole('alert').textContent).toBe(
      'ui_list.filter.missing',
    )
    expect(within(second as HTMLElement).getByRole('alert').textContent).toBe('不能用')
    expect(second?.querySelector('[data-at=op] .ant-select-status-error')).not.toBeNull()
    expect(second?.querySelector('[data-at=value] .ant-select-status-error')).toBeNull()
    expect(third?.textContent).toContain('ui_list.filter.unknown gone')
  })
})
