import { Button } from 'antd'
import { CircleHelp } from 'lucide-react'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { late } from '@/kit'

const Explain = late(() => import('./Explain'), { over: true })

/** Opens which conditions of an audience hold of a customer, and which do not. */
export function WhyButton({
  audience,
  customer,
  name,
}: {
  audience: number
  customer: number
  name: string
}) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        type="text"
        size="small"
        icon={<CircleHelp size={16} />}
        aria-label={t('audiences.why', { name })}
        title={t('audiences.why', { name })}
        onClick={() => setOpen(true)}
      />
      {open && (
        <Suspense fallback={null}>
          <Explain audienceId={audience} customerId={customer} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
