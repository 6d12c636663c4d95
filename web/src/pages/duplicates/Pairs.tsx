import { Button } from 'antd'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ListQuery } from '@/api/types'
import { type Column, DataTable, EmptyState, useIsPhone, useSay } from '@/kit'
import { decide, listPairs, merge, type Pair, type State } from './api'
import { CompareDrawer } from './CompareDrawer'
import { useTakeBack } from './takeBack'
import { Keys, Reasons, Score, SideFacts, stays } from './words'

/**
 * The pairs of a state. j and k move, s says the same (merged at once, can be
 * undone), d different, l later, Enter compares.
 */
export function Pairs({
  state,
  of,
  again,
  scanned,
}: {
  state: State
  /** The import that the list is narrowed to. */
  of: string | null
  again: () => void
  scanned: boolean
}) {
  const { t } = useTranslation()
  const { done, fail } = useSay()
  const takeBack = useTakeBack()
  const phone = useIsPhone()
  const [open, setOpen] = useState<Pair | null>(null)
  // What is on the page, so that a decision in the drawer goes on to the next pair.
  const shown = useRef<Pair[]>([])
  const load = useCallback(async (query: ListQuery, signal: AbortSignal) => {
    const page = await listPairs(query, signal)
    shown.current = page.items
    return page
  }, [])
  const next = (pair: Pair) => {
    const at = shown.current.findIndex((p) => p.id === pair.id)
    setOpen((at >= 0 && shown.current[at + 1]) || null)
  }
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
  const same = async (pair: Pair) => {
    if (!pair.a.visible || !pair.b.visible) {
      setOpen(pair)
      return
    }
    const [winner, loser] = stays(pair)
    try {
      const m = await merge({ winner_id: winner.id, loser_id: loser.id })
      again()
      done(t('duplicates.merged', { winner: winner.name, count: m.moved }), () =>
        takeBack(m.id, loser.name, again),
      )
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
        queryKey={['duplicates', 'pairs', state, of]}
        load={load}
        fixed={of ? { status: state, import: of } : { status: state }}
        columns={columns}
        onOpen={setOpen}
        openKey={open?.id}
        rowKeys={{
          s: same,
          m: setOpen,
          d: (p) => p.status !== 'different' && say(p, 'different'),
          l: (p) => say(p, p.status === 'open' ? 'later' : 'open'),
        }}
        toolbar={phone ? undefined : <Keys of={['j', 'k', 's', 'd', 'l', 'enter']} />}
        // On a phone the card opens the comparison, which has them all.
        rowActions={
          phone
            ? undefined
            : (p) => (
                <>
                  {p.a.visible && p.b.visible && p.status !== 'different' && (
                    <Button size="small" onClick={() => same(p)}>
                      {t('duplicates.merge')}
                    </Button>
                  )}
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
              )
        }
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
      <CompareDrawer
        pair={open}
        onClose={() => setOpen(null)}
        onDone={(pair) => {
          again()
          if (pair) next(pair)
        }}
      />
    </>
  )
}
