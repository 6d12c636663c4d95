import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import { download, useConfirmWithUndo, useMe, useSay } from '@/kit'
import type { SchemeView } from '../api'
import { NewScheme } from './NewScheme'

/** What can be done with a scheme as a whole. */
export function SchemeMenu({ view }: { view: SchemeView }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const confirm = useConfirmWithUndo()
  const { fail } = useSay()
  const [copying, setCopying] = useState(false)
  const { scheme } = view
  const may = me.can(perm.tierScheme)

  const exportYaml = async () => {
    const path = `/tiering/schemes/${encodeURIComponent(scheme.code)}/export`
    try {
      await download(path, {}, `${scheme.code}.yaml`)
    } catch (error) {
      fail(error)
    }
  }
  const setDefault = async (code: string) => {
    await ok(api.PUT('/tiering/default-scheme', { body: { scheme: code } }))
    await client.invalidateQueries()
  }
  const makeDefault = async () => {
    const list = client.getQueryData<SchemeView[]>(['tiering', 'schemes'])
    const before = list?.find((s) => s.default)?.scheme.code
    confirm({
      title: t('tiers.scheme.default_title', { name: scheme.name }),
      text: t('tiers.scheme.default_text'),
      confirmText: t('tiers.scheme.make_default'),
      done: t('tiers.scheme.default_done', { name: scheme.name }),
      act: () => setDefault(scheme.code),
      undo: before ? () => setDefault(before) : undefined,
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
              label: t('tiers.scheme.make_default'),
              disabled: !may || view.default,
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
      <NewScheme open={copying} from={scheme.code} onClose={() => setCopying(false)} />
    </>
  )
}
