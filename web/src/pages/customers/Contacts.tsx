import { App, Button, Tooltip } from 'antd'
import {
  AtSign,
  Copy,
  Eye,
  IdCard,
  type LucideIcon,
  MapPin,
  MessagesSquare,
  Phone,
  Smartphone,
} from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { EmptyState, Section, StatusTag, useMe, useSay } from '@/kit'
import { type Contact, type ContactKind, type Identity, type Revealed, reveal } from './api'
import styles from './customers.module.css'
import { shownSeconds, useClear } from './useClear'

/** The icon of a kind of contact. */
export const contactIcons: Record<ContactKind, LucideIcon> = {
  phone: Phone,
  email: AtSign,
  address: MapPin,
  code: IdCard,
  wecom: MessagesSquare,
  app: Smartphone,
}

// i18n-keys: customers.contact.*
/** Contacts, masked; each can be seen in clear for 30 s, which is on record. */
export function Contacts({ customer }: { customer: Identity }) {
  const { t } = useTranslation()
  const me = useMe()
  const may = me.can(perm.customerReveal)
  const hides = me.hides(...Object.keys(contactIcons))
  return (
    <Section
      boxed
      title={t('customers.contacts')}
      note={may ? t('customers.reveal.note', { seconds: shownSeconds }) : t('customers.reveal.ask')}
    >
      {customer.contacts.length === 0 ? (
        <EmptyState
          compact
          icon={null}
          title={t(hides ? 'access.contacts_none' : 'customers.contacts.none')}
        />
      ) : (
        <ul className={styles.contacts}>
          {customer.contacts.map((contact) => (
            <ContactLine key={contact.id} id={customer.id} contact={contact} may={may} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function ContactLine({ id, contact, may }: { id: number; contact: Contact; may: boolean }) {
  const { t } = useTranslation()
  const Icon = contactIcons[contact.kind]
  return (
    <li>
      <Icon size={16} aria-hidden="true" />
      <Hidden
        label={t(`customers.contact.${contact.kind}`)}
        masked={contact.masked}
        ask={may ? () => reveal(id, { contact_id: contact.id }) : undefined}
      />
      {contact.validity === 'invalid' && (
        <StatusTag kind="danger">{t('record.validity.invalid')}</StatusTag>
      )}
    </li>
  )
}

/** Where the customer is known, and under which number. */
export function Sources({ customer }: { customer: Pick<Identity, 'id' | 'sources' | 'source'> }) {
  const { t } = useTranslation()
  const me = useMe()
  const may = me.can(perm.customerReveal)
  return (
    <Section boxed title={t('customers.sources')} note={t('customers.sources.note')}>
      {customer.sources.length === 0 ? (
        <p>{customer.source?.name ?? t('customers.sources.none')}</p>
      ) : (
        <ul className={styles.contacts}>
          {customer.sources.map((key) => (
            <li key={key.id}>
              <Hidden
                label={key.name}
                named
                masked={key.number || t('customers.sources.no_number')}
                ask={
                  may && key.hidden ? () => reveal(customer.id, { source_id: key.id }) : undefined
                }
              />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

/**
 * A masked text that can be shown. The clear text lives in this component
 * alone and is gone after 30 s, with the page, and when the tab is left.
 */
export function Hidden({
  label,
  masked,
  ask,
  named,
}: {
  label: string
  masked: ReactNode
  ask?: () => Promise<Revealed>
  /** Shows the label above the text. */
  named?: boolean
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { fail } = useSay()
  const { clear, setClear, left } = useClear<string>()
  const [busy, setBusy] = useState(false)
  const mounted = useRef(true)

  useEffect(() => {
    mounted.current = true
    return () => {
      mounted.current = false
    }
  }, [])

  const show = async () => {
    if (!ask) return
    setBusy(true)
    try {
      const { text } = await ask()
      if (mounted.current) setClear(text)
    } catch (error) {
      fail(error)
    } finally {
      if (mounted.current) setBusy(false)
    }
  }
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(clear ?? '')
      message.success(t('common.copied'))
    } catch {
      message.warning(t('ui.copy_by_hand'))
    }
  }

  return (
    <>
      <div className={styles.secret}>
        <span className={named ? styles.secretLabel : 'zk-sr'}>{label}</span>
        {clear === null ? (
          <span className="zk-num zk-break">{masked}</span>
        ) : (
          <output className={styles.clear}>{clear}</output>
        )}
        {clear !== null && (
          // The value counts down each second; only the text itself is announced.
          <span className={styles.left} aria-hidden="true">
            {t('customers.reveal.left', { count: left })}
          </span>
        )}
      </div>
      {clear !== null ? (
        <Tooltip title={t('common.copy')}>
          <Button
            type="text"
            size="small"
            icon={<Copy size={15} />}
            aria-label={t('customers.reveal.copy', { label })}
            onClick={copy}
          />
        </Tooltip>
      ) : (
        ask && (
          <Button
            type="text"
            size="small"
            loading={busy}
            icon={<Eye size={15} />}
            aria-label={t('customers.reveal.show_label', { label })}
            onClick={show}
          >
            {t('customers.reveal.show')}
          </Button>
        )
      )}
    </>
  )
}
