import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { moved } from './moved'
import { useSavedOrder } from './useReorder'

afterEach(cleanup)

describe('moved', () => {
  it.each([
    [[1, 2, 3], 0, 2, [2, 3, 1]],
    [[1, 2, 3], 2, 1, [1, 3, 2]],
    [[1, 2], 0, -1, [1, 2]],
    [[1, 2], 1, 2, [1, 2]],
    [[], 0, 1, []],
  ])('%j from %i to %i is %j', (list, from, to, want) => {
    expect(moved(list, from, to)).toEqual(want)
  })
})

function List({ commit }: { commit: (from: number, to: number) => void }) {
  const { items, row } = useSavedOrder(['a', 'b', 'c'], commit)
  return (
    <ul>
      {items.map((item, at) => (
        <li key={item} {...row(at)}>
          <span data-grip>{item}</span>
        </li>
      ))}
    </ul>
  )
}

const dataTransfer = { effectAllowed: '', dropEffect: '', setData: () => {} }
const order = () => screen.getAllByRole('listitem').map((li) => li.textContent)
const rowOf = (text: string) => screen.getByText(text).closest('li') as HTMLElement

function drag(what: string, ...over: string[]) {
  fireEvent.pointerDown(screen.getByText(what))
  fireEvent.dragStart(rowOf(what), { dataTransfer })
  for (const text of over) fireEvent.dragEnter(rowOf(text), { dataTransfer })
}

describe('a list that is saved when a row is let go', () => {
  it('shows the row on its way and saves once, from where it was to where it is', () => {
    const commit = vi.fn()
    render(<List commit={commit} />)
    drag('a', 'b', 'c')
    expect(order()).toEqual(['b', 'c', 'a'])
    expect(commit).not.toHaveBeenCalled()
    fireEvent.drop(rowOf('a'), { dataTransfer })
    act(() => fireEvent.dragEnd(rowOf('a')))
    expect(commit.mock.calls).toEqual([[0, 2]])
  })

  it('puts everything back where the row is let go elsewhere', () => {
    const commit = vi.fn()
    render(<List commit={commit} />)
    drag('c', 'a')
    expect(order()).toEqual(['c', 'a', 'b'])
    fireEvent.dragEnd(rowOf('c'))
    expect(order()).toEqual(['a', 'b', 'c'])
    expect(commit).not.toHaveBeenCalled()
  })

  it('drags by the grip only', () => {
    render(<List commit={() => {}} />)
    fireEvent.pointerDown(rowOf('a'))
    expect(rowOf('a').getAttribute('draggable')).toBe('false')
    fireEvent.pointerDown(screen.getByText('a'))
    expect(rowOf('a').getAttribute('draggable')).toBe('true')
  })
})
