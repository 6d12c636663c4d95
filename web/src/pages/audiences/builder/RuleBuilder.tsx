import { useCallback, useState } from 'react'
import { QueryBuilder, type RuleGroupProps, type RuleGroupType } from 'react-querybuilder'
import type { Known } from './catalogue'
import { type Builder, BuilderProvider, type Drag, type Faults } from './context'
import { GroupEditor } from './GroupEditor'
import { conditions, type Group, type Item, nextId, replaced } from './model'
import type { Limits } from './node'

interface Props {
  catalogue: Known
  value: Group
  onChange: (value: Group) => void
  /** What the server found wrong, by the id of the condition. */
  faults?: Faults
  /** Somebody wanted to save: what is missing is said at its condition. */
  tried?: boolean
  /** Bounds; those of rules where left out. */
  limits?: Limits
  /** The audience that is edited, which cannot name itself. */
  audience?: number
}

const none: Faults = new Map()

/**
 * Edits a rule over the catalogue of what can be asked for. The tree and its
 * moves are those of react-querybuilder, the rows our own.
 */
export function RuleBuilder(props: Props) {
  return (
    <QueryBuilder
      query={props.value as unknown as RuleGroupType}
      onQueryChange={(query) => props.onChange(query as unknown as Group)}
      enableMountQueryChange={false}
      idGenerator={nextId}
      controlElements={controls}
      context={props}
    />
  )
}

const controls = { ruleGroup: Root }

/** The library's root group: from here on the rows are ours. */
function Root({ ruleGroup, actions, schema, context }: RuleGroupProps) {
  const props = context as Props
  const { catalogue, faults = none, tried = false, audience } = props
  const root = ruleGroup as unknown as Group
  const [fresh, setFresh] = useState('')
  const [dragged, setDragged] = useState<{
    from: readonly number[] | null
    over: readonly number[] | null
  }>({ from: null, over: null })
  const limits = props.limits ?? catalogue.limits
  const set = useCallback(
    (next: Group) => schema.dispatchQuery(next as unknown as RuleGroupType),
    [schema],
  )
  const change = useCallback(
    (id: string, to: (item: Item) => Item | null) =>
      set(replaced(schema.getQuery() as unknown as Group, id, to)),
    [schema, set],
  )
  const drag: Drag = {
    ...dragged,
    begin: (from) => setDragged({ from, over: null }),
    hover: (over) => setDragged((d) => ({ ...d, over })),
    drop: () => {
      const { from, over } = dragged
      setDragged({ from: null, over: null })
      if (from && over) actions.moveRule([...from], [...over])
    },
  }
  const builder: Builder = {
    k: catalogue,
    root,
    limits,
    full: conditions(root).length >= limits.conditions,
    faults,
    tried,
    audience,
    actions,
    change,
    fresh,
    setFresh,
    drag,
  }
  return (
    <BuilderProvider value={builder}>
      <GroupEditor item={root} path={[]} />
    </BuilderProvider>
  )
}
