import { useTranslation } from 'react-i18next'
import { DetailDrawer } from '@/kit'
import type { HandOnly } from './api'
import type { About } from './LevelMenu'
import { Told } from './Told'

/** Why the customer has these levels, in words he or she could be told (PIPL art. 24). */
export function Explanation({
  about,
  handOnly,
  onClose,
}: {
  about: About
  handOnly: HandOnly | undefined
  onClose: () => void
}) {
  const { t, i18n } = useTranslation()
  const lines = about.levels.flatMap((d) => {
    if (!d.level) return []
    const all = d.level.reasons ?? []
    // Where people decided, what the scheme would have said is nobody else's business.
    const proposed = all.findIndex((r) => r.key === 'tier.why.proposed')
    const why = (proposed < 0 ? all : all.slice(0, proposed))
      .filter((r) => i18n.exists(r.key))
      .map((r) => t(r.key, { ...r.params }))
    return [
      t(why.length > 0 ? 'ui_level.told.level' : 'ui_level.told.level_bare', {
        dimension: d.name,
        level: d.level.name,
        why: why.join(t('ui_level.told.comma')),
        day: d.level.as_of,
      }),
    ]
  })
  const text = [
    t('ui_level.told.hello', { name: about.name }),
    ...lines,
    t(handOnly?.on ? 'ui_level.told.only' : 'ui_level.told.rights'),
  ].join('\n\n')
  return (
    <DetailDrawer open title={t('ui_level.explain')} onClose={onClose}>
      <p className="zk-muted">{t('ui_level.explain_note')}</p>
      <Told text={text} />
    </DetailDrawer>
  )
}
