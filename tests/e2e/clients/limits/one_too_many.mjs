// A program whose user has as many connections as the backend allows. The client throws what ends it.
import { ConvexClient } from "convex/browser";
import { WebSocket } from "ws";
import { token, url } from "../backend.mjs";

let opened = 0;
class Counted extends WebSocket {
  constructor(...args) {
    super(...args);
    opened++;
  }
}

const told = new Promise((resolve) => process.on("uncaughtException", resolve));
const client = new ConvexClient(url, { webSocketConstructor: Counted });
client.setAuth(() => token(process.argv[2]));
client.onUpdate("projects:get", {}, () => {});
console.log((await told).message);
setTimeout(() => {
  console.log(`opened ${opened} sockets`);
  process.exit();
}, 3000);
