import { ChatError } from '../../strategies/chat/index.ts';
import { badInput, DigitalFault, FaultCode, faultOf } from '../digital/index.ts';

/** As faultOf, with the codes of chats. */
export function chatFaultOf(thrown: unknown): DigitalFault {
  return thrown instanceof ChatError ? faultOfChat(thrown) : faultOf(thrown);
}

function faultOfChat(error: ChatError): DigitalFault {
  const advice = error.message;
  switch (error.code) {
    case 'CHAT_NOT_FOUND':
      return new DigitalFault({ code: FaultCode.CHAT_UNKNOWN, advice }, error);
    case 'CHAT_ENDED':
    case 'CHAT_FULL':
      return new DigitalFault({ code: FaultCode.CHAT_OVER, advice }, error);
    case 'TEXT_INVALID':
      return badInput(advice, FaultCode.TEXT_INVALID);
    case 'POSITION_INVALID':
      return badInput(advice);
  }
}
