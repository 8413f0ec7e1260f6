/** A server on loopback that speaks the IAM Query protocol, for the real client of `@aws-sdk/client-iam`. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Cell, envelope, readForm, resultByAction, resultByResource, type WireCall } from "./query-protocol.ts";

export interface IamServer {
  readonly endpoint: string;
  /** The calls that came, in order. */
  readonly calls: WireCall[];
  close(): Promise<void>;
}

export interface ServerOptions {
  /** What AWS says of one action on one resource of a call. */
  readonly answer: (call: WireCall, action: string, resource: string) => Cell;
  /** A result by action with results by resource in it (as since July 2026), or a result for each pair. */
  readonly model?: "action" | "pair";
  /** How many results a page holds at most. */
  readonly pageSize?: number;
  /** Takes a call over: true where it has answered. `number` counts the calls from 1. */
  readonly fault?: (response: ServerResponse, call: WireCall, number: number, body: () => string) => boolean;
}

export async function iamServer(options: ServerOptions): Promise<IamServer> {
  const calls: WireCall[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => (body += text));
    request.on("end", () => {
      const call = readForm(body);
      calls.push(call);
      const answer = () => page(call, options);
      if (options.fault?.(response, call, calls.length, answer)) return;
      response.writeHead(200, { "content-type": "text/xml" });
      response.end(answer());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function page(call: WireCall, { answer, model = "action", pageSize = 100 }: ServerOptions): string {
  const resources = call.ResourceArns.length > 0 ? call.ResourceArns : ["*"];
  const cells = (action: string) => resources.map((arn) => [arn, answer(call, action, arn)] as const);
  const results =
    model === "action"
      ? call.ActionNames.map((action) => resultByAction(action, cells(action)))
      : call.ActionNames.flatMap((action) => cells(action).map(([arn, cell]) => resultByResource(action, arn, cell)));
  const from = call.Marker === undefined ? 0 : Number(call.Marker.replace("page-", ""));
  const size = Math.min(pageSize, Number(call.MaxItems ?? 100));
  const next = from + size < results.length ? `page-${from + size}` : undefined;
  return envelope(call.Action, results.slice(from, from + size), next);
}
