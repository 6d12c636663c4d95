import { Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { late } from '@/kit'
import { CountButton } from '../../audiences/CountButton'
import type { Config } from '../api'
import { newMove, put } from './draft'
import { EntryActs, List } from './List'
import { StageTag } from './StageTag'
import styles from './settings.module.css'

const MoveDrawer = late(() => import('./MoveDrawer'), { over: true })
const most = 20

/** Where customers begin who come new: the first rule that holds, else the first stage. */
export function Begins({
  config,
  may,
  onChange,
}: {
  config: Config
  may: boolean
  onChange: (part: Partial<Config>) => void
}) {
  const { t } = useTranslation()
  const { begin, stages } = config
  const [editing, setEditing] = useState<number | null>(null)
  return (
    <List
      title={t('lifecycles.begins')}
      note={t('lifecycles.begins.note', { stage: stages[0]?.name ?? '' })}
      add={t('lifecycles.begins.add')}
      onAdd={may ? (begin.length >= most ? 'full' : () => setEditing(begin.length)) : null}
    >
      {begin.map(({ to, rule }, at) => {
        const name = stages.find((s) => s.code === to)?.name || to
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rules of where to begin have no code
          <li key={at} className={styles.move}>
            <span className="zk-muted zk-num">{at + 1}</span>
            <span className={styles.what}>
              <StageTag stages={stages} code={to} />
              <Button type="link" className={styles.name} onClick={() => setEditing(at)}>
                {t('lifecycles.begins.rule', { name })}
              </Button>
            </span>
            <CountButton of={{ rule: rule as never }} name={name} />
            {may && (
              <EntryActs
                list={begin}
                at={at}
                name={name}
                onChange={(begin) => onChange({ begin })}
              />
            )}
          </li>
        )
      })}
      {editing !== null && (
        <Suspense fallback={null}>
          <MoveDrawer
            begin
            move={{ ...newMove(config), ...begin[editing] }}
            stages={stages}
            may={may}
            onClose={() => setEditing(null)}
            onDone={({ to, rule }) => {
              onChange({ begin: put(begin, editing, { to, rule }) })
              setEditing(null)
            }}
          />
        </Suspense>
      )}
    </List>
  )
}
