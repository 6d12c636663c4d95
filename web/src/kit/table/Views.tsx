import { Button, Input, Popover } from 'antd'
import { BookmarkPlus, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import editors from './filters.module.css'
import { type ListState, sameFilters, searchKey } from './state'
import styles from './table.module.css'
import type { View } from './types'

interface Props {
  preset: View[]
  own: View[]
  state: ListState
  onPick: (view: View | null) => void
  onSave: (views: View[]) => void
}

/** All, the page's own views, and those a person saved; a set filter can be saved as one more. */
export function Views({ preset, own, state, onPick, onSave }: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  // What is searched for may name a person, so it is never part of a view.
  const { [searchKey]: _query, ...filters } = state.filters
  const anySet = Object.values(filters).some(Boolean)
  const all = [...preset, ...own]
  const active = all.find((v) => sameFilters(v.filters, filters))
  if (all.length === 0 && !anySet) return null

  const save = () => {
    const label = name.trim()
    if (!label) return
    onSave([...own, { key: `own:${Date.now()}`, label, filters, sort: state.sort }])
    setName('')
    setOpen(false)
  }
  return (
    <fieldset className={styles.views} aria-label={t('ui.table.views')}>
      <button
        type="button"
        aria-pressed={!anySet}
        className={`${styles.view} ${anySet ? '' : styles.viewOn}`}
        onClick={() => onPick(null)}
      >
        {t('common.all')}
      </button>
      {all.map((view) => (
        <button
          key={view.key}
          type="button"
          aria-pressed={active === view}
          className={`${styles.view} ${active === view ? styles.viewOn : ''}`}
          onClick={() => onPick(view)}
        >
          {view.label}
        </button>
      ))}
      {active && own.includes(active) && (
        <Button
          type="text"
          size="small"
          icon={<X size={14} />}
          aria-label={t('ui.table.delete_view', { name: active.label })}
          onClick={() => onSave(own.filter((v) => v !== active))}
        />
      )}
      {anySet && !active && (
        <Popover
          trigger="click"
          open={open}
          onOpenChange={setOpen}
          placement="bottomLeft"
          arrow={false}
          content={
            <div className={editors.editor}>
              <Input
                autoFocus
                maxLength={20}
                aria-label={t('ui.table.view_name')}
                placeholder={t('ui.table.view_name')}
                value={name}
                onChange={(event) => setName(event.target.value)}
                onPressEnter={save}
              />
              <div className={editors.editorEnd}>
                <span />
                <Button size="small" type="primary" disabled={!name.trim()} onClick={save}>
                  {t('common.save')}
                </Button>
              </div>
            </div>
          }
        >
          <Button type="text" icon={<BookmarkPlus size={15} />}>
            {t('ui.table.save_view')}
          </Button>
        </Popover>
      )}
    </fieldset>
  )
}
