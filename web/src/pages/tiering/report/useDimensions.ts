import { useSearchParams } from 'react-router'

/** Which dimensions the report tells of, by the address; null is all that there are. */
export function useDimensions(): [string[] | null, (codes: string[] | null) => void] {
  const [params, setParams] = useSearchParams()
  const asked = params.get('dimensions')
  const choose = (codes: string[] | null) => {
    const next = new URLSearchParams(params)
    if (codes) next.set('dimensions', codes.join(','))
    else next.delete('dimensions')
    setParams(next, { replace: true, preventScrollReset: true })
  }
  return [asked === null ? null : asked.split(',').filter(Boolean), choose]
}
