import { parse, unparse } from '@bufbuild/cel';
import type { Fault } from './fault';
import type { Expression } from './expression';

const MOST_CHARACTERS = 4000;

export interface ParsedSource {
  readonly text: string;
  readonly expression: Expression;
  offsetOf(expression: Expression): number;
  /** A part of it as a person would write it. */
  print(expression: Expression): string;
}

/** Reads the text of a condition, function or formula. */
export function parseExpression(text: string): ParsedSource | Fault {
  if (text.trim() === '') return { offset: 0, reason: 'is empty' };
  if (text.length > MOST_CHARACTERS) return { offset: 0, reason: `is longer than ${MOST_CHARACTERS} characters` };
  try {
    const parsed = parse(text);
    const positions = parsed.sourceInfo?.positions;
    return {
      text,
      expression: parsed.expr,
      offsetOf: ({ id }) => positions?.[id.toString()] ?? 0,
      print: (expr) => unparse({ ...parsed, expr }),
    };
  } catch (error) {
    return faultOf(error);
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof RangeError) return { offset: 0, reason: 'is nested too deeply' };
  if (!(error instanceof Error)) throw error;
  const { start } = (error as { location?: { start?: { offset?: number } } }).location ?? {};
  // the parser's list of all that it would have taken helps nobody
  const reason = error.message.replace(/^<input>:\d+:\d+: /, '').replace(/ but expecting (?!end of input).*$/s, '');
  return { offset: start?.offset ?? 0, reason: `is not CEL: ${reason}` };
}
