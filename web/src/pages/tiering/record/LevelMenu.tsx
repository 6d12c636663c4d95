import { Button, Dropdown } from 'antd'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { useMe } from '@/kit'
import type { DimensionLevel } from '../../customers/api'
import { AppealForm } from './AppealForm'
import { useHandOnly } from './api'
import { Explanation } from './Explanation'
import { HandForm } from './HandForm'
import { HandOnlyForm } from './HandOnly'
import { History } from './History'

type Act = 'hand' | 'appeal' | 'explain' | 'history' | 'only'

export interface About {
  id: number
  name: string
  levels: DimensionLevel[]
}

/** What can be done about the levels of a customer, by what the reader may do. */
export function LevelMenu({ about }: { about: About }) {
  const { t } = useTranslation()
  const me = useMe()
  const [act, setAct] = useState<Act | null>(null)
  const handOnly = useHandOnly(about.id, me.can(perm.tierView)).data
  const graded = about.levels.some((d) => d.level)
  const items: { key: Act; on: boolean; label: string }[] = [
    { key: 'hand', on: me.can(perm.tierHand), label: t('ui_level.hand') },
    { key: 'appeal', on: me.can(perm.tierAppeal), label: t('ui_level.appeal') },
    { key: 'explain', on: graded, label: t('ui_level.explain') },
    { key: 'history', on: me.can(perm.tierView), label: t('ui_level.history') },
    { key: 'only', on: me.can(perm.tierHand) && handOnly !== undefined, label: t('ui_level.only') },
  ]
  const shown = items.filter((item) => item.on)
  if (shown.length === 0) return null
  const close = () => setAct(null)
  return (
    <>
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          items: shown.map(({ key, label }) => ({ key, label })),
          onClick: ({ key }) => setAct(key as Act),
        }}
      >
        <Button type="text" size="small" icon={<ChevronDown size={14} />} iconPlacement="end">
          {t('ui_level.acts')}
        </Button>
      </Dropdown>
      {act === 'hand' && <HandForm about={about} onClose={close} />}
      {act === 'appeal' && <AppealForm about={about} onClose={close} />}
      {act === 'explain' && <Explanation about={about} handOnly={handOnly} onClose={close} />}
      {act === 'history' && <History id={about.id} onClose={close} />}
      {act === 'only' && handOnly && <HandOnlyForm now={handOnly} onClose={close} />}
    </>
  )
}
