/** Where to go after the sign-in: an address of this site, never of another. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/') || /^\/[/\\]/.test(next)) return '/'
  try {
    const url = new URL(next, 'http://zhike.invalid')
    if (url.host !== 'zhike.invalid' || url.pathname === '/login') return '/'
    return url.pathname + url.search
  } catch {
    return '/'
  }
}
