/**
 * The text with each URL as its origin. For log lines: paths and queries have what a customer or a partner
 * wrote, and URLs of receivers often are their only password.
 */
export function shortUrls(text: string): string {
  return text.replace(
    /\b(https?|wss?):\/\/([^\s'"<>]*[^\s'"<>:,.;)])/gi,
    (_, scheme: string, rest: string) => {
      const [authority = '', ...path] = rest.split(/(?=[/?#])/);
      const host = authority.slice(authority.lastIndexOf('@') + 1);
      return `${scheme}://${host}${path.join('').length > 1 ? '/…' : ''}`;
    },
  );
}
