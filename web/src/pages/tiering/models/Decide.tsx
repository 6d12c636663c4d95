import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { Can, useSay } from '@/kit'
import { type Model, useActs } from './api'
import styles from './models.module.css'

/** What a person decides about a model that is held. */
export function Decide({ model }: { model: Model }) {
  const { t } = useTranslation()
  const { done, fail } = useSay()
  const acts = useActs()
  const act = (work: (m: Model) => Promise<Model>, text: string) => async () => {
    try {
      await work(model)
      done(text)
    } catch (error) {
      fail(error)
    }
  }
  const said = { version: model.version }
  return (
    <Can permission={perm.tierScheme}>
      <span className={styles.acts}>
        {(model.status === 'held' || model.status === 'retired') && (
          <Button size="small" onClick={act(acts.use, t('models.used', said))}>
            {t('models.use')}
          </Button>
        )}
        {model.status === 'held' && (
          <Button size="small" onClick={act(acts.discard, t('models.discarded', said))}>
            {t('models.discard')}
          </Button>
        )}
      </span>
    </Can>
  )
}
