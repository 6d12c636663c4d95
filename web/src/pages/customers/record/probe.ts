// What of a form that is being filled in is worth asking about. Pure; tested.
import type { ContactIn, Probe } from './api'

interface Typed {
  name?: string
  company?: string
  contacts?: Partial<ContactIn>[]
  born?: { birthday: string; birthday_lunar: boolean } | null
}

/** What is typed so far, in the form of the question. */
export function probeOf({ name, company, contacts = [], born }: Typed): Probe {
  const first = (kind: ContactIn['kind']) =>
    contacts.find((c) => c?.kind === kind && c.value?.trim())?.value?.trim()
  return {
    name: name?.trim() || undefined,
    company: company?.trim() || undefined,
    phone: first('phone'),
    email: first('email'),
    code: first('code'),
    birthday: born?.birthday || undefined,
    birthday_lunar: born?.birthday ? born.birthday_lunar : undefined,
  }
}

/** The parts of a probe that can find somebody; null while there is none. */
export function worthAsking(probe: Probe): Probe | null {
  const digits = (probe.phone ?? '').replace(/\D/g, '')
  const name = [...(probe.name ?? '')].length > 1 ? probe.name : undefined
  const phone = digits.length >= 7 ? probe.phone : undefined
  const email = /.@.+\../.test(probe.email ?? '') ? probe.email : undefined
  const code = (probe.code ?? '').length >= 18 ? probe.code : undefined
  if (!name && !phone && !email && !code) return null
  return { ...probe, name, phone, email, code }
}
