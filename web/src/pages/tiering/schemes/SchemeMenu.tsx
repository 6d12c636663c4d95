import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { download, useConfirmWithUndo, useMe, useSay } from '@/kit'
import type { SchemeView } from '../api'
import { useAssess } from '../assessments/useAssess'
import { dimensionOf } from '../dimensions/groups'
import { changeDimension, useDimensions } from '../queries'
import { NewScheme } from './NewScheme'

/** What can be done with a scheme as a whole. */
export function SchemeMenu({ view }: { view: SchemeView }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const confirm = useConfirmWithUndo()
  const assess = useAssess()
  const { fail } = useSay()
  const [copying, setCopying] = useState(false)
  const { scheme } = view
  const may = me.can(perm.tierScheme)
  const dimension = useDimensions().data?.find((d) => d.code === dimensionOf(scheme))

  const exportYaml = async () => {
    const path = `/tiering/schemes/${encodeURIComponent(scheme.code)}/export`
    try {
      await download(path, {}, `${scheme.code}.yaml`)
    } catch (error) {
      fail(error)
    }
  }
  const setDefault = async (code: string) => {
    await changeDimension(dimensionOf(scheme), { scheme: code })
    await client.invalidateQueries()
  }
  const makeDefault = () => {
    const before = dimension?.scheme
    const said = t('ui_dimension.use.done', { dimension: dimension?.name, name: scheme.name })
    const act = () => setDefault(scheme.code)
    confirm({
      title: t('ui_dimension.use.title', { dimension: dimension?.name, name: scheme.name }),
      text: t(dimension?.review ? 'ui_dimension.use.text_review' : 'ui_dimension.use.text'),
      confirmText: t('ui_dimension.use'),
      done: said,
      act,
      undo: before === undefined ? undefined : () => setDefault(before),
      refused: (error) => assess.refused(error, dimensionOf(scheme), act, said),
    })
  }
  return (
    <>
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          items: [
            { key: 'copy', label: t('common.duplicate'), disabled: !may },
            { key: 'export', label: t('tiers.scheme.export') },
            {
              key: 'default',
              label: t('ui_dimension.use'),
              disabled: !may || view.default || !dimension,
            },
          ],
          onClick: ({ key }) => {
            if (key === 'copy') setCopying(true)
            else if (key === 'export') exportYaml()
            else makeDefault()
          },
        }}
      >
        <Button
          icon={<Ellipsis size={16} />}
          aria-label={t('tiers.scheme.actions', { name: scheme.name })}
        />
      </Dropdown>
      {assess.form}
      <NewScheme open={copying} from={scheme.code} onClose={() => setCopying(false)} />
    </>
  )
}
