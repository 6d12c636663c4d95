import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { ApiError } from '@/api/errors'
import type { ListQuery } from '@/api/types'
import { TestApp } from '@/test/app'
import { DataTable } from './DataTable'

interface Row {
  id: number
  name: string
}

const all: Row[] = Array.from({ length: 45 }, (_, i) => ({ id: i + 1, name: `row ${i + 1}` }))

async function pages(query: ListQuery) {
  const from = Number(query.cursor ?? 0)
  const rows = query.q ? all.filter((r) => r.name.includes(query.q)) : all
  const end = from + query.limit
  return {
    items: rows.slice(from, end),
    next_cursor: end < rows.length ? String(end) : null,
    total: rows.length,
  }
}

function table(load: (query: ListQuery) => Promise<Awaited<ReturnType<typeof pages>>>, more = {}) {
  return (
    <DataTable<Row>
      id="test"
      label="rows"
      queryKey={['rows']}
      load={load}
      search="find"
      columns={[{ key: 'name', title: 'Name', sort: 'name', render: (r) => r.name }]}
      {...more}
    />
  )
}

beforeEach(() => localStorage.clear())
afterEach(cleanup)

describe('DataTable', () => {
  it('pages by cursor, there and back', async () => {
    const load = vi.fn(pages)
    render(<TestApp>{table(load)}</TestApp>)
    expect(await screen.findByText('row 1')).toBeTruthy()
    expect(screen.queryByText('row 21')).toBeNull()
    fireEvent.click(screen.getByText('ui.table.next'))
    expect(await screen.findByText('row 21')).toBeTruthy()
    expect(load.mock.calls.at(-1)?.[0]).toMatchObject({ cursor: '20', limit: 20 })
    fireEvent.click(screen.getByText('ui.table.previous'))
    expect(await screen.findByText('row 1')).toBeTruthy()
  })

  it('sorts by the whitelisted field and goes back to the first page', async () => {
    const load = vi.fn(pages)
    render(<TestApp>{table(load)}</TestApp>)
    await screen.findByText('row 1')
    fireEvent.click(screen.getByText('ui.table.next'))
    await screen.findByText('row 21')
    fireEvent.click(screen.getByRole('button', { name: /Name/ }))
    await waitFor(() => expect(load.mock.calls.at(-1)?.[0]).toEqual({ limit: 20, sort: 'name' }))
    const head = screen.getByRole('columnheader', { name: /Name/ })
    expect(head.getAttribute('aria-sort')).toBe('ascending')
  })

  it('sorts by a second column on shift-click', async () => {
    const load = vi.fn(pages)
    render(
      <TestApp>
        <DataTable<Row>
          id="twice"
          label="Rows"
          queryKey={['twice']}
          load={load}
          defaultSort="-spend"
          sortTwice
          columns={[
            { key: 'name', title: 'Name', sort: 'name', render: (r) => r.name },
            { key: 'spend', title: 'Spend', sort: 'spend', sortFirst: 'desc', render: () => '1' },
          ]}
        />
      </TestApp>,
    )
    await screen.findByText('row 1')
    fireEvent.click(screen.getByRole('button', { name: /Name/ }), { shiftKey: true })
    await waitFor(() => expect(load.mock.calls.at(-1)?.[0].sort).toBe('-spend,name'))
    const head = screen.getByRole('columnheader', { name: /Spend/ })
    expect(head.getAttribute('aria-sort')).toBe('descending')
    expect(screen.getByRole('columnheader', { name: /Name/ }).textContent).toContain('2')
  })

  it('sorts by a second column on phones, where there are no heads', async () => {
    const deaf = () => undefined
    vi.stubGlobal('matchMedia', () => ({
      matches: true,
      addEventListener: deaf,
      removeEventListener: deaf,
      addListener: deaf,
      removeListener: deaf,
    }))
    onTestFinished(() => void vi.unstubAllGlobals())
    const load = vi.fn(pages)
    render(
      <TestApp>
        <DataTable<Row>
          id="narrow"
          label="Rows"
          queryKey={['narrow']}
          load={load}
          defaultSort="-spend"
          sortTwice
          columns={[
            { key: 'name', title: 'Name', sort: 'name', render: (r) => r.name },
            { key: 'spend', title: 'Spend', sort: 'spend', render: () => '1' },
            { key: 'level', title: 'Level', sort: 'level', sortLeads: true, render: () => '1' },
          ]}
        />
      </TestApp>,
    )
    // The name may be cut, the direction is not.
    expect(await screen.findByText('ui_sort.down')).toBeTruthy()
    fireEvent.mouseDown(await screen.findByRole('combobox', { name: 'ui_sort.then_by' }))
    const options = await screen.findAllByText(/^ui.table.(as|des)cending/)
    fireEvent.click(options.at(-1) as HTMLElement)
    await waitFor(() => expect(load.mock.calls.at(-1)?.[0].sort).toBe('-spend,-name'))
  })

  it('says by what it is sorted where no column shows it', async () => {
    const names: Record<string, string> = { name: 'Name', spend: 'Spend' }
    const own = (sort: string, more = {}) => (
      <TestApp key={sort}>
        {table(pages, { defaultSort: sort, sortName: (f: string) => names[f], ...more })}
      </TestApp>
    )
    const { rerender } = render(own('-name'))
    await screen.findByText('row 1')
    expect(screen.queryByText(/^ui_sort.sorted/)).toBeNull()
    rerender(own('-spend'))
    expect(await screen.findByText('ui_sort.sorted')).toBeTruthy()
    rerender(own('name,-spend'))
    expect(await screen.findByText('ui_sort.sorted_two')).toBeTruthy()
    // What has no name for people is not told.
    rerender(own('-row_id'))
    await screen.findByText('row 1')
    expect(screen.queryByText(/^ui_sort.sorted/)).toBeNull()
  })

  it('reads its filters from the address', async () => {
    const load = vi.fn(pages)
    render(<TestApp at="/?q=row%204">{table(load)}</TestApp>)
    expect(await screen.findByText('row 40')).toBeTruthy()
    expect(load.mock.calls[0]?.[0]).toMatchObject({ q: 'row 4' })
  })

  it('says why it is empty and how to widen', async () => {
    render(<TestApp at="/?q=zzz">{table(pages)}</TestApp>)
    expect(await screen.findByText('ui.table.no_match')).toBeTruthy()
    fireEvent.click(screen.getAllByText('ui.table.clear_filters')[0] as HTMLElement)
    expect(await screen.findByText('row 1')).toBeTruthy()
  })

  it('shows its own first use where there is nothing at all', async () => {
    const none = async () => ({ items: [], next_cursor: null, total: 0 })
    render(<TestApp>{table(none, { empty: <p>import first</p> })}</TestApp>)
    expect(await screen.findByText('import first')).toBeTruthy()
  })

  it('shows an error with its code and asks again', async () => {
    const load = vi
      .fn(pages)
      .mockRejectedValueOnce(new ApiError({ status: 500, code: 'internal', request_id: 'r1' }))
    render(<TestApp>{table(load)}</TestApp>)
    fireEvent.click(await screen.findByText('common.retry'))
    expect(await screen.findByText('row 1')).toBeTruthy()
  })

  it('opens rows by click and by keyboard', async () => {
    const onOpen = vi.fn()
    render(<TestApp>{table(pages, { onOpen })}</TestApp>)
    fireEvent.click(await screen.findByText('row 3'))
    expect(onOpen.mock.calls[0]?.[0]).toEqual(all[2])
    for (const key of ['j', 'j', 'k', 'j', 'Enter']) fireEvent.keyDown(document.body, { key })
    expect(onOpen.mock.calls[1]?.[0]).toEqual(all[1])
  })

  it('leaves keys alone while somebody types', async () => {
    const onOpen = vi.fn()
    render(<TestApp>{table(pages, { onOpen })}</TestApp>)
    await screen.findByText('row 1')
    const field = screen.getByLabelText('find')
    fireEvent.keyDown(field, { key: 'j' })
    fireEvent.keyDown(field, { key: 'Enter' })
    expect(onOpen).not.toHaveBeenCalled()
  })

  it('keeps chosen rows over pages', async () => {
    const bulk = ({ keys }: { keys: unknown[] }) => <span>chosen {keys.join(',')}</span>
    render(<TestApp>{table(pages, { bulk })}</TestApp>)
    await screen.findByText('row 1')
    fireEvent.click(screen.getAllByLabelText('ui.table.select_row')[1] as HTMLElement)
    expect(screen.getByText('chosen 2')).toBeTruthy()
    fireEvent.click(screen.getByText('ui.table.next'))
    await screen.findByText('row 21')
    fireEvent.click(screen.getAllByLabelText('ui.table.select_row')[0] as HTMLElement)
    expect(screen.getByText('chosen 2,21')).toBeTruthy()
  })
})
