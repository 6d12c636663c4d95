import { Form } from 'antd'
import { createContext, type ReactNode, useContext, useEffect, useRef } from 'react'
import type { QueryActions } from 'react-querybuilder'
import type { Known } from './catalogue'
import type { Group, Item } from './model'
import type { Limits } from './node'

/** Something wrong at a condition; `rest` is the place in it, such as "facts.where[0].value". */
export interface Fault {
  rest: string
  message: string
  warning?: boolean
}

export type Faults = ReadonlyMap<string, readonly Fault[]>

/** What all parts of a builder share. */
export interface Builder {
  k: Known
  root: Group
  limits: Limits
  /** No further condition may be added. */
  full: boolean
  faults: Faults
  /** Somebody wanted to save: what is missing is said. */
  tried: boolean
  actions: Pick<QueryActions, 'moveRule'>
  change: (id: string, to: (item: Item) => Item | null) => void
  /** The audience that is edited. */
  audience?: number
  /** The condition that was added last: its first input takes the focus. */
  fresh: string
  setFresh: (id: string) => void
  drag: Drag
}

export interface Drag {
  /** Path of what is dragged. */
  from: readonly number[] | null
  /** Where it would be put. */
  over: readonly number[] | null
  begin: (path: readonly number[] | null) => void
  hover: (path: readonly number[] | null) => void
  drop: () => void
}

const Context = createContext<Builder | null>(null)
export const BuilderProvider = Context.Provider

export function useBuilder(): Builder {
  const builder = useContext(Context)
  if (!builder) throw new Error('useBuilder outside of a rule builder')
  return builder
}

interface Here {
  id: string
  /** Name of the condition, for the labels of its inputs. */
  name: string
}
const HereContext = createContext<Here>({ id: '', name: '' })
export const HereProvider = HereContext.Provider
export const useHere = () => useContext(HereContext)

const below = (place: string, at: string) =>
  place === at || place.startsWith(`${at}.`) || place.startsWith(`${at}[`)

/** Marks the inputs inside where something is wrong at `at` of the condition. */
export function Spot({
  at,
  className,
  children,
}: {
  at: string
  className?: string
  children: ReactNode
}) {
  const { faults } = useBuilder()
  const { id } = useHere()
  const mine = faults.get(id)?.filter((f) => below(f.rest, at)) ?? []
  const status = mine.some((f) => !f.warning) ? 'error' : mine.length > 0 ? 'warning' : undefined
  return (
    <div className={className} data-at={at}>
      <Form.Item noStyle validateStatus={status}>
        {children}
      </Form.Item>
    </div>
  )
}

const inputs = 'input:not([type=hidden]):not([disabled]), textarea, button[aria-haspopup]'

const filled = (spot: Element) =>
  spot.querySelector('.ant-select-selection-item, .ant-select-content-has-value') !== null ||
  [...spot.querySelectorAll('input')].some((x) => x.value !== '')

/** Where typing begins: the first value that is missing, else the condition's own value. */
export function firstInput(box: Element): HTMLElement | null {
  const values = [...box.querySelectorAll('[data-at$=value]')]
  const spot =
    values.find((v) => !filled(v)) ?? box.querySelector('[data-at=value], [data-first]') ?? box
  return spot.querySelector<HTMLElement>(inputs) ?? box.querySelector<HTMLElement>(inputs)
}

/** Puts the focus into the first input of a condition that has just been added. */
export function useFreshFocus<E extends HTMLElement>(id: string) {
  const { fresh, setFresh } = useBuilder()
  const ref = useRef<E>(null)
  useEffect(() => {
    if (fresh !== id) return
    setFresh('')
    const box = ref.current
    if (!box) return
    firstInput(box)?.focus({ preventScroll: true })
    box.scrollIntoView?.({ block: 'center' })
  }, [fresh, id, setFresh])
  return ref
}
