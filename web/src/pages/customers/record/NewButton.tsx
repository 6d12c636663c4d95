import { Button } from 'antd'
import { UserRoundPlus } from 'lucide-react'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { Can, late, useMe } from '@/kit'

const NewCustomer = late(async () => ({ default: (await import('./NewCustomer')).NewCustomer }), {
  over: true,
})

/** Opens the form of a new customer; its code comes when it is needed. */
export function NewButton() {
  const { t } = useTranslation()
  const me = useMe()
  const [open, setOpen] = useState(false)
  // Nobody is created without a name.
  if (!me.edits('name')) return null
  return (
    <Can permission={perm.customerCreate}>
      <Button type="primary" icon={<UserRoundPlus size={16} />} onClick={() => setOpen(true)}>
        {t('record.new.title')}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <NewCustomer onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Can>
  )
}
