import type { Example } from '../openapi/index.ts';

const ID = 'a550a12e-ca77-4146-98d0-58960e0939f7';
const BASIC = { name: 'BasicCallback', id: ID };
const PAGE_ERROR = 'com.genesyslab.gsg.services.callback';

/** The documented samples of Start-Callback. */
export const START_EXAMPLES: Readonly<Record<string, Example>> = {
  scheduled: {
    path: { name: 'request-callback' },
    type: 'application/json',
    body: {
      _customer_number: '5115',
      _usr_customer_name: 'Bob Markel',
      _usr_reason: 'billing question',
      _device_notification_id: 'b16416334828b1d26ef14f329628b55b5a8c631d8928a371a5584722dd7fb673',
      _device_os: 'comet',
      _desired_time: '2013-06-17T10:25:00.000Z',
    },
    reply: { status: 200, body: { _id: ID } },
  },
  otherQueue: {
    summary: 'Replaces $vq_name_token$ in the options of the service.',
    path: { name: 'callback-for-mobile' },
    body: { _customer_number: '01822256', vq_name_token: 'MYVQNAMEVALUE' },
    reply: { status: 200, body: { _id: ID } },
  },
  numberRefused: {
    path: { name: 'BasicCallback' },
    type: 'application/json',
    body: { _customer_number: '12345' },
    reply: {
      status: 400,
      body: {
        message:
          "Customer Number [12345] is not allowed. Check option 'exceptions' : details={Callback_exceptions=exception2}",
        exception: `${PAGE_ERROR}.CallbackServiceException`,
        code: 'CALLBACK_INVALID',
      },
    },
  },
  closed: {
    path: { name: 'BasicCallback' },
    type: 'application/json',
    body: { _customer_number: '5551234', _desired_time: '2013-05-26T15:30:00.000Z' },
    reply: {
      status: 400,
      body: {
        message: '{"status":"closed","reason":"closed_day_of_week"}',
        exception: `${PAGE_ERROR}.CallbackServiceException`,
        code: 'CALLBACK_CLOSED',
      },
    },
  },
  slotFull: {
    path: { name: 'BasicCallback' },
    type: 'application/json',
    body: { _customer_number: '5551234', _desired_time: '2013-05-28T15:30:00.000Z' },
    reply: {
      status: 400,
      body: {
        message:
          'Too many requests at desired time [2013-05-28T15:30:00.000Z, 2013-05-28T15:45:00.000Z]. Proposing time slots.',
        exception: `${PAGE_ERROR}.CallbackAvailabilityException`,
        code: 'CALLBACK_SLOT_FULL',
        availability: {
          '2013-05-28T16:00:00.000Z': 4,
          '2013-05-28T16:45:00.000Z': 5,
          '2013-05-28T15:00:00.000Z': 5,
          '2013-05-28T15:45:00.000Z': 5,
          '2013-05-28T15:15:00.000Z': 5,
          '2013-05-28T16:30:00.000Z': 5,
          '2013-05-28T16:15:00.000Z': 5,
        },
      },
    },
  },
};

/** The documented samples of Cancel-Callback. */
export const CANCEL_EXAMPLES: Readonly<Record<string, Example>> = {
  cancel: { path: BASIC, reply: { status: 200, body: {} } },
  unknown: {
    path: BASIC,
    reply: {
      status: 400,
      body: {
        message: `No such request to cancel: [${ID}]`,
        exception: `${PAGE_ERROR}.CallbackException`,
        code: 'CALLBACK_NOT_FOUND',
      },
    },
  },
  cancelledBefore: {
    path: { name: 'callback-test', id: '361-cf088d4e-88ab-452c-ac1f-39086cc96cbe' },
    reply: {
      status: 400,
      body: {
        message: 'Request already cancelled or completed: [361-cf088d4e-88ab-452c-ac1f-39086cc96cbe]',
        exception: `${PAGE_ERROR}.exceptions.CallbackExceptionInvalidOperation`,
        code: 'CALLBACK_OPERATION_INVALID',
      },
    },
  },
};

/** The documented samples of Reschedule-Callback. */
export const CHANGE_EXAMPLES: Readonly<Record<string, Example>> = {
  reschedule: {
    path: BASIC,
    type: 'application/json',
    body: { _new_desired_time: '2013-05-27T15:05:00.000Z' },
    reply: { status: 200, body: {} },
  },
  noLongerScheduled: {
    path: { name: 'callback-test', id: '361-738dadcb-9d20-4557-8e24-fddb82f9c1b8' },
    type: 'application/json',
    body: { _new_desired_time: '2014-07-22T10:00:00.000Z' },
    reply: {
      status: 400,
      body: {
        message:
          "Callback '361-738dadcb-9d20-4557-8e24-fddb82f9c1b8' is no longer scheduled. State=PROCESSING",
        exception: `${PAGE_ERROR}.exceptions.CallbackExceptionInvalidOperation`,
        code: 'CALLBACK_OPERATION_INVALID',
      },
    },
  },
  slotFull: {
    path: BASIC,
    type: 'application/json',
    body: { _new_desired_time: '2013-05-27T16:45:00.000Z' },
    reply: {
      status: 400,
      body: {
        message:
          'Too many requests at desired time [2013-05-27T16:45:00.000Z, 2013-05-27T16:50:00.000Z]. Proposing time slots.',
        exception: `${PAGE_ERROR}.CallbackExceptionAvailability`,
        code: 'CALLBACK_NEW_SLOT_FULL',
        availability: {
          '2013-05-27T16:50:00.000Z': 5,
          '2013-05-27T16:35:00.000Z': 5,
          '2013-05-27T16:40:00.000Z': 5,
          '2013-05-27T16:55:00.000Z': 3,
          '2013-05-27T16:25:00.000Z': 5,
          '2013-05-27T16:30:00.000Z': 5,
        },
      },
    },
  },
  reportState: {
    summary: 'A document reports the state of its callback.',
    path: { name: 'callback-test', id: '361-738dadcb-9d20-4557-8e24-fddb82f9c1b8' },
    type: 'application/json',
    body: { _callback_state: 'PROCESSING', _reason: '' },
    reply: { status: 200, body: {} },
  },
};
