import { Button } from 'antd'
import { Plus, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Grip, MoveButtons, moved, Section, ToneTag, useReorder } from '@/kit'
import { CountButton } from '../../audiences/CountButton'
import type { Config, Move } from '../api'
import { newMove, put } from './draft'
import styles from './settings.module.css'

// The builder of rules is heavy and not needed for looking.
const MoveDrawer = lazy(() => import('./MoveDrawer'))
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
  const order = (from: number, to: number) => onChange({ moves: moved(moves, from, to) })
  const reorder = useReorder(order)
  const tag = (code: string) => {
    const stage = stages.find((s) => s.code === code)
    return (
      <ToneTag key={code} tone={stage?.tone ?? 0}>
        {stage?.name || code}
      </ToneTag>
    )
  }
  return (
    <Section
      title={t('lifecycles.moves')}
      note={t('lifecycles.moves.note')}
      extra={
        may && (
          <Button
            size="small"
            icon={<Plus size={14} />}
            disabled={moves.length >= most}
            onClick={() => setEditing({ at: moves.length, move: newMove(config) })}
          >
            {t('lifecycles.moves.add')}
          </Button>
        )
      }
    >
      <ol className={styles.list}>
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
                  move.min_stay_days > 0 &&
                    t('lifecycles.moves.stay', { count: move.min_stay_days }),
                  move.hold_days > 1 && t('lifecycles.moves.hold', { count: move.hold_days }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            <CountButton of={{ rule: move.rule as never }} name={move.name} />
            {may && (
              <span className={styles.acts}>
                <MoveButtons
                  name={move.name}
                  at={at}
                  count={moves.length}
                  onMove={(to) => order(at, to)}
                />
                <Button
                  type="text"
                  size="small"
                  icon={<Trash2 size={15} />}
                  aria-label={t('lifecycles.remove', { name: move.name })}
                  title={t('lifecycles.remove', { name: move.name })}
                  onClick={() => onChange({ moves: moves.filter((_, i) => i !== at) })}
                />
              </span>
            )}
          </li>
        ))}
      </ol>
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
    </Section>
  )
}
