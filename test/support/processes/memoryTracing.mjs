// An SDK of OpenTelemetry, loaded before the server: `node --import`. At the end of the process it writes its
// spans to the file ORSAY_TEST_SPANS.
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const file = process.env.ORSAY_TEST_SPANS;
if (isMainThread && file !== undefined) {
  const exporter = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  process.on('exit', () => {
    const spans = exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      kind: span.kind,
      attributes: span.attributes,
      status: span.status.code,
      events: span.events.length,
      links: span.links.map((link) => link.context.spanId),
      parent: span.parentSpanContext?.spanId,
      ...span.spanContext(),
    }));
    writeFileSync(file, JSON.stringify(spans));
  });
}
