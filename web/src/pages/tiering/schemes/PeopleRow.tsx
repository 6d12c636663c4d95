import { Button, Switch, Tooltip } from 'antd'
import { Pencil, Plus, X } from 'lucide-react'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { late, useMe } from '@/kit'
import styles from './editor.module.css'
import { ErrorsBelow } from './Field'
import type { FormPeople } from './model'
import { peopleText } from './words'

const PeopleDrawer = late(() => import('./PeopleDrawer'), { over: true })

/** A condition that is a rule of audiences: a switch and what it says; its drawer edits it. */
export function PeopleRow({
  condition: c,
  path,
  onChange,
  onRemove,
}: {
  condition: FormPeople
  path: string
  onChange: (c: FormPeople) => void
  onRemove: () => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const [open, setOpen] = useState(false)
  const name = t('ui_dimension.who')
  return (
    <div className={`${styles.conditionRow} ${styles.peopleRow} ${c.on ? '' : styles.off}`}>
      <Tooltip title={c.on ? t('tiers.editor.on') : t('tiers.editor.off')}>
        <Switch
          size="small"
          checked={c.on}
          aria-label={t('tiers.editor.switch', { metric: name })}
          onChange={(on) => onChange({ ...c, on })}
        />
      </Tooltip>
      <p className={styles.people}>{peopleText(t, c.said)}</p>
      {/* The drawer asks what audiences ask, for whoever may see them. */}
      <Tooltip title={me.can(perm.audienceView) ? '' : t('ui_dimension.who.forbidden')}>
        <Button
          size="small"
          icon={<Pencil size={14} />}
          disabled={!me.can(perm.audienceView) || undefined}
          onClick={() => setOpen(true)}
        >
          {t('ui_dimension.who.edit')}
        </Button>
      </Tooltip>
      <Button
        type="text"
        size="small"
        icon={<X size={15} />}
        aria-label={t('tiers.editor.remove', { name })}
        onClick={onRemove}
      />
      <ErrorsBelow path={path} />
      {open && (
        <Suspense fallback={null}>
          <PeopleDrawer
            rule={c.who}
            onClose={() => setOpen(false)}
            onApply={(who, said) => {
              setOpen(false)
              onChange({ ...c, who, said })
            }}
          />
        </Suspense>
      )}
    </div>
  )
}

/** Adds a rule of audiences to a group of conditions. */
export function AddPeople({ onAdd }: { onAdd: (c: Pick<FormPeople, 'who' | 'said'>) => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const [open, setOpen] = useState(false)
  if (!me.can(perm.audienceView)) return null
  return (
    <>
      <Button type="link" size="small" icon={<Plus size={14} />} onClick={() => setOpen(true)}>
        {t('ui_dimension.who.add')}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <PeopleDrawer
            rule={null}
            onClose={() => setOpen(false)}
            onApply={(who, said) => {
              setOpen(false)
              onAdd({ who, said })
            }}
          />
        </Suspense>
      )}
    </>
  )
}
