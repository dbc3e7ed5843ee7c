import { type OptionRows, optionsIn } from './optionRow.ts';

/** Options of messages to the customer's device, to other servers, and of the chat. */
export const NOTIFICATION_OPTIONS: OptionRows = {
  ...optionsIn(
    { category: 'Notification', media: 'chat' },
    {
      _use_debug_push_certificate: {
        type: 'boolean',
        default: 'false',
        initial: 'false',
        description: 'Pushes go through the debug connection of the provider.',
      },
      _provider_name: { type: 'string', initial: '', description: 'The push provider of the announcement.' },
      _notification_message_file: {
        type: 'string',
        initial: '',
        description: 'A file of texts: its URL, or its path in the template.',
      },
      _agent_availability_notification_delay: {
        type: 'integer',
        default: '30',
        initial: '30',
        description: 'Seconds until the customer is told again that an agent is available.',
      },
      _max_notify_delivery_attempts: {
        type: 'integer',
        default: '3',
        initial: '3',
        description: 'Attempts to publish an announcement.',
      },
      _max_number_of_user_availability_confirmation_attempts: {
        type: 'integer',
        default: '3',
        initial: '3',
        description: 'How often the customer is asked to confirm.',
      },
      _on_user_confirm_timeout: {
        type: 'string',
        default: 'CONNECT-ANYWAY',
        initial: 'CONNECT-ANYWAY',
        description:
          '`CONNECT-ANYWAY`: a customer who does not confirm is connected; else the callback ends.',
      },
      _client_timeout: {
        type: 'integer',
        description: 'Seconds without a request after which a customer who gets pushes has left the chat.',
      },
      _client_timeout_notification: {
        type: 'integer',
        description:
          "Seconds from an agent's message to the push to a customer who is still away then. Absent: at once, and 90 with one of the next two.",
      },
      _client_timeout_notification_message: {
        type: 'string',
        description: 'The text that the device shows for this push.',
      },
      _agent_timeout_notification_message: {
        type: 'string',
        description: 'What the agent is told after this time, when the customer is still away.',
      },
      _filtering_chat_events: {
        type: 'names',
        description:
          'Types of chat events, such as `Notice.TypingStarted`, that are not pushed to a customer who is away.',
      },
    },
  ),
  ...optionsIn(
    { category: 'Notification' },
    {
      _enable_status_notification: {
        type: ['false', 'notify', 'subscribe_notify'],
        default: 'false',
        since: '8.5.105',
        description:
          'Tell another server about the states of the callback; `subscribe_notify` subscribes it.',
      },
      _status_notification_type: {
        type: ['httpcb', 'orscb'],
        default: 'httpcb',
        description: 'Whether the target is a URL or a session.',
      },
      _status_notification_target: {
        type: 'string',
        description: 'The URL, or the id of the session, that is told.',
      },
      _status_notification_provider: {
        type: 'string',
        description: 'The provider of status notifications.',
      },
      _status_notification_debug: {
        type: 'boolean',
        default: 'false',
        noEffect: 'URLs and sessions have no debug connection, and a device names its own when it subscribes',
        description: 'Status notifications go through the debug connection.',
      },
      _callback_events_list: {
        type: 'string',
        description: 'The list that selects events and their parameters.',
      },
      _enable_notification_reminder: {
        type: 'boolean',
        default: 'false',
        since: '8.5.211.01',
        description: 'One status notification before the desired time.',
      },
      _notification_reminder_buffer: {
        type: 'integer',
        default: '300',
        description: 'Seconds between this reminder and the desired time.',
      },
    },
  ),
  ...optionsIn(
    { category: 'Notification' },
    {
      _status_notification_language: {
        type: 'string',
        description: 'The language of texts in `_notification_message_file`.',
      },
    },
  ),
  ...optionsIn(
    { category: 'Chat', media: 'chat' },
    {
      _chat_endpoint: {
        type: 'string',
        initial: 'Environment:default',
        description: 'Where chats enter, as `tenant:endpoint`; overrides `chat.default_chat_endpoint`.',
      },
      _chat_400_response_on_disconnected: {
        type: 'boolean',
        default: 'false',
        initial: 'false',
        description: '`true`: a refresh after the agent has left answers 400, else 200.',
      },
    },
  ),
};
