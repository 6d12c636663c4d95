import { Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Grip, late, moved, useReorder } from '@/kit'
import { CountButton } from '../../audiences/CountButton'
import type { Config, Move } from '../api'
import { newMove, put } from './draft'
import { EntryActs, List } from './List'
import { StageTag } from './StageTag'
import styles from './settings.module.css'

// The builder of rules is heavy and not needed for looking.
const MoveDrawer = late(() => import('./MoveDrawer'), { over: true })
const most = 60

/** Moves in order of precedence: of those whose rule holds the first one counts. */
export function Moves({
  config,
  may,
  onChange,
}: {
  config: Config
  may: boolean
  onChange: (part: Partial<Config>) => void
}) {
  const { t } = useTranslation()
  const { moves, stages } = config
  const [editing, setEditing] = useState<{ at: number; move: Move } | null>(null)
  const reorder = useReorder((from, to) => onChange({ moves: moved(moves, from, to) }))
  const tag = (code: string) => <StageTag key={code} stages={stages} code={code} />
  return (
    <List
      title={t('lifecycles.moves')}
      note={t('lifecycles.moves.note')}
      add={t('lifecycles.moves.add')}
      onAdd={
        may
          ? moves.length >= most
            ? 'full'
            : () => setEditing({ at: moves.length, move: newMove(config) })
          : null
      }
    >
      {moves.map((move, at) => (
        <li key={move.code} className={styles.move} {...(may ? reorder.row(at) : {})}>
          {may && <Grip />}
          <span className="zk-muted zk-num">{at + 1}</span>
          <span className={styles.what}>
            <Button type="link" className={styles.name} onClick={() => setEditing({ at, move })}>
              {move.name || move.code}
            </Button>
            <span className={styles.way}>
              {move.from.length > 0 ? move.from.map(tag) : t('lifecycles.moves.any')}
              <span aria-hidden="true">→</span>
              {tag(move.to)}
            </span>
            <span className="zk-muted">
              {[
                move.min_stay_days > 0 && t('lifecycles.moves.stay', { count: move.min_stay_days }),
                move.hold_days > 1 && t('lifecycles.moves.hold', { count: move.hold_days }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </span>
          <CountButton of={{ rule: move.rule as never }} name={move.name} />
          {may && (
            <EntryActs
              list={moves}
              at={at}
              name={move.name}
              onChange={(moves) => onChange({ moves })}
            />
          )}
        </li>
      ))}
      {editing && (
        <Suspense fallback={null}>
          <MoveDrawer
            move={editing.move}
            stages={stages}
            may={may}
            onClose={() => setEditing(null)}
            onDone={(move) => {
              onChange({ moves: put(moves, editing.at, move) })
              setEditing(null)
            }}
          />
        </Suspense>
      )}
    </List>
  )
}
