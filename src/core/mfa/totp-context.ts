/** What a sealed TOTP secret is bound to, its account: copied to another one's row it opens nothing. */
export function totpContext(userId: string): string {
  return `totp/${userId}`;
}
