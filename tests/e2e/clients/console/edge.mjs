// The edge of a deployment: the real CloudFront function in front of the bucket, and the backend for everything else.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { url } from "../backend.mjs";

const SOURCE = new URL("../../../../infra/constructs/console_request.js", import.meta.url);
const rewritten = new Function(`${readFileSync(SOURCE, "utf8")}; return handler;`)();
const backend = new URL(url);

/** Start one that ends with the test, and return its address. */
export async function openEdge(test) {
  const server = createServer((asked, answer) => void serve(asked, answer));
  server.on("upgrade", upgrade);
  await once(server.listen(0, "127.0.0.1"), "listening");
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

async function serve(asked, answer) {
  const [uri] = asked.url.split("?");
  if (uri === "/_console" || uri.startsWith("/_console/")) return serveFile(uri, answer);
  // What the local cloud has for developers, no deployment has.
  if (uri.startsWith("/dev/")) return answer.writeHead(404).end();
  const passed = request({ ...placeOf(asked), headers: { ...asked.headers, host: backend.host } }, (response) => {
    answer.writeHead(response.statusCode, response.headers);
    response.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  asked.pipe(passed);
}

async function serveFile(uri, answer) {
  const told = rewritten({ request: { uri } });
  if (told.statusCode) return answer.writeHead(told.statusCode, { location: told.headers.location.value }).end();
  const object = await fetch(`${process.env.POLARIS_CONSOLE_BUCKET}${told.uri}`);
  // Who may not list a bucket is not told that an object is missing.
  if (!object.ok) return answer.writeHead(403).end();
  answer.writeHead(200, { "content-type": object.headers.get("content-type"), "cache-control": object.headers.get("cache-control") });
  answer.end(Buffer.from(await object.arrayBuffer()));
}

function upgrade(asked, client, first) {
  const passed = request({ ...placeOf(asked), headers: { ...asked.headers, host: backend.host } });
  passed.on("upgrade", (response, server) => {
    const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`);
    client.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
    server.write(first);
    for (const [from, to] of [[client, server], [server, client]]) from.pipe(to).on("error", () => to.destroy());
    for (const socket of [client, server]) socket.on("error", () => socket.destroy());
  });
  passed.on("error", () => client.destroy());
  passed.end();
}

const placeOf = ({ url: path, method }) => ({ host: backend.hostname, port: backend.port, path, method });
