import { Upload } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { Can, EmptyState, FirstUse, LinkButton, useMe } from '@/kit'
import { ListFigure } from '../ListFigure'
import { NewButton } from '../record/NewButton'

/** A list without customers: of a company that begins, or of a reader whom none belongs to. */
export function Nobody() {
  const { t } = useTranslation()
  const me = useMe()
  // The company may have many: its first steps are no advice.
  if (me.scope !== 'all') {
    return (
      <EmptyState
        title={t('customers.nobody.title')}
        text={t(me.can(perm.customerPool) ? 'customers.nobody.pool' : 'customers.nobody.text')}
        action={
          <>
            <Can permission={perm.customerPool}>
              <LinkButton to="/pool">{t('nav.customers.pool')}</LinkButton>
            </Can>{' '}
            <NewButton />
          </>
        }
      />
    )
  }
  return (
    <FirstUse
      title={t('customers.first.title')}
      text={t('customers.first.text')}
      points={[t('customers.first.one'), t('customers.first.two'), t('customers.first.three')]}
      figure={<ListFigure />}
      action={me.can(perm.importRun) ? <ImportButton large /> : <p>{t('customers.first.ask')}</p>}
    />
  )
}

export function ImportButton({ large }: { large?: boolean }) {
  const { t } = useTranslation()
  return (
    <Can permission={perm.importRun}>
      <LinkButton
        to="/imports/new"
        type={large ? 'primary' : 'default'}
        size={large ? 'large' : 'middle'}
        icon={<Upload size={16} />}
      >
        {t('customers.import')}
      </LinkButton>
    </Can>
  )
}
