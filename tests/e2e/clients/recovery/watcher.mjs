// node watcher.mjs URL TOKEN QUERY ARGS: prints each result of a live query as a line of JSON, whatever becomes of the backend.
import { ConvexClient } from "convex/browser";

const [url, token, query, args] = process.argv.slice(2);
const client = new ConvexClient(url, { logger: false });
client.setAuth(async () => token);
client.onUpdate(query, JSON.parse(args), (value) => console.log(JSON.stringify(value)));
