import { type Fields, fields, list, safeUrl, text } from './entry.ts';

/**
 * A dialog of a service, as mobile apps show it (gms-api 6.2). All texts come from documents and
 * configuration: never markup.
 */
export interface Dialog {
  readonly kind: DialogKind;
  readonly text: string;
  /** Absent: the dialog only tells something. */
  readonly groups: readonly DialogGroup[];
}

export type DialogKind = 'confirmation' | 'menu' | 'startChat' | 'dial' | 'unknown';

export interface DialogGroup {
  readonly name: string;
  readonly items: readonly DialogItem[];
}

export interface DialogItem {
  readonly label: string;
  /** The request of the service that the item sends; absent: it only closes the dialog. */
  readonly request?: string;
  /** Shown after the choice. */
  readonly notice?: string;
  /** A number to dial. */
  readonly phone?: string;
}

/**
 * The dialog of a reply; undefined when it has none. Items whose URL is none of this service are left out: a
 * dialog cannot make the client send anything elsewhere.
 */
export function readDialog(reply: Fields, serviceId: string): Dialog | undefined {
  switch (reply._action) {
    case 'ConfirmationDialog':
      return dialogOf('confirmation', text(reply._text), [{ label: text(reply._ok_title) || 'OK' }]);
    case 'DisplayMenu':
      return {
        kind: 'menu',
        text: text(reply._label),
        groups: list(reply._content).map((group) => readGroup(fields(group), serviceId)),
      };
    case 'StartChat':
      return dialogOf('startChat', '', [{ label: text(reply._label) || 'Start Chat' }]);
    case 'DialNumber':
      return dialogOf('dial', text(reply._label), readPhone(reply));
    default:
      return reply._action === undefined
        ? undefined
        : dialogOf('unknown', text(reply._text ?? reply._label), []);
  }
}

function dialogOf(kind: DialogKind, said: string, items: readonly DialogItem[]): Dialog {
  return { kind, text: said, groups: [{ name: '', items }] };
}

function readGroup(group: Fields, serviceId: string): DialogGroup {
  return {
    name: text(group._group_name),
    items: list(group._group_content).flatMap((given) => {
      const item = fields(given);
      const request = requestOf(text(item._user_action_url), serviceId);
      if (request === undefined) return [];
      const notice = text(fields(item._confirmation_dialog)._text);
      return [{ label: text(item._label), request, ...(notice !== '' && { notice }) }];
    }),
  };
}

/** The last part of a URL of this service. The client sends it to the server that it knows. */
function requestOf(url: string, serviceId: string): string | undefined {
  const safe = safeUrl(url);
  if (safe === undefined) return undefined;
  const [request, id] = new URL(safe).pathname.split('/').reverse();
  return id === serviceId && request !== undefined && /^[\w-]+$/.test(request) ? request : undefined;
}

function readPhone(reply: Fields): readonly DialogItem[] {
  const phone = text(reply._tel_url).replace(/^tel:/i, '');
  if (!/^[+\d][\d ()-]*$/.test(phone)) return [];
  const code = text(reply._access_code);
  return [{ label: /^\d+$/.test(code) ? `${phone} (${code})` : phone, phone }];
}
