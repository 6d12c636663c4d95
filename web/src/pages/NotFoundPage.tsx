import { NotFound } from '@/kit'

/** An address that no page has. */
export default function NotFoundPage() {
  return <NotFound />
}
